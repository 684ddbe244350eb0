"""Business values in the reader's language: filters that know what a finding or a site is."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from tapline import tickets
from tapline.reconciliation import Finding, sentences
from tapline.sites import Site
from tapline.tickets import Ticket
from tapline.tickets.sentences import headline
from tapline_api.formats import Formats, mask_card
from tapline_api.water_results import results

_CARD = re.compile(r"\bcard:([0-9A-Za-z]{4,32})")
_LONG_NUMBER = re.compile(r"\d{6,}")
_NAMED = frozenset({"rev", "exp", "loss", "equity"})
"""Kinds of accounts that are told apart by their names; of the others only the kind is said."""
_CUSTOMER = re.compile(r"^customer:.*")


def filters(formats: Formats) -> dict[str, Callable[..., Any]]:
    """The filters of one language."""
    locale = formats.locale
    return {
        "plain": partial(_plain, locale=locale),
        "responsibility": partial(_responsibility, locale=locale),
        "headline": partial(_headline, locale=locale),
        "site_name": partial(_site_name, locale=locale),
        "urgency": tickets.urgency,
        "when": lambda text: formats.moment(datetime.fromisoformat(text)),
        "account_kind": account_kind,
        "mask_account": mask_account,
        "mask_actor": lambda actor: _CUSTOMER.sub(formats.translate("a customer"), actor),
        "mask_name": mask_name,
        "printable": printable,
        "hexdump": hexdump,
        "mask_digits": mask_digits,
        "readable": readable,
        "water_results": results,
    }


def account_kind(code: str) -> str:
    """What an account is, without whose: `rev:water`, `psp`, `card`."""
    kind = code.partition(":")[0]
    return code if kind in _NAMED else kind


def mask_account(text: str) -> str:
    """An account, key or subject with the card's number masked."""
    return _CARD.sub(lambda found: f"card:{mask_card(found[1])}", text)


def mask_name(name: str) -> str:
    """The first character, as is usual: 王**."""
    return f"{name[:1]}{'*' * min(2, max(1, len(name) - 1))}"


def printable(payload: bytes) -> str:
    """The start of a message for a page; what is no text is shown as escapes."""
    return payload[:2000].decode("utf-8", "backslashreplace")


def hexdump(payload: bytes) -> str:
    """The start of a message, sixteen bytes a line."""
    return "\n".join(
        f"{at:04x}  {payload[at : at + 16].hex(' ')}"
        for at in range(0, min(len(payload), 1024), 16)
    )


def readable(document: object) -> str:
    """A document as indented JSON."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def mask_digits(text: str) -> str:
    """Text in which a number might be a card's: all but the last four digits of long ones."""
    return _LONG_NUMBER.sub(lambda found: mask_card(found[0]), text)


def _plain(finding: Finding, *, locale: str) -> str:
    return sentences.plain(finding, locale)


def _responsibility(finding: Finding, *, locale: str) -> str:
    return sentences.responsibility(finding, locale)


def _headline(ticket: Ticket, *, locale: str) -> str:
    return headline(ticket, locale)


def _site_name(site: Site, *, locale: str) -> str:
    return site.name if locale == "zh_CN" else site.name_en
