"""A partner's statement as both sides read it, on a page and in Excel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request

from tapline import sites
from tapline.files.sheets import Cell
from tapline.partners import Issued, LineAnswer, LineKind, StatedLine
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.formats import Formats, formats_of


class Told(NamedTuple):
    """A line in the reader's words, with what was said of it."""

    number: int
    line: StatedLine
    words: str
    site: Site | None
    answers: Sequence[LineAnswer] = ()


def told(
    request: Request,
    uow: UnitOfWork,
    tenant_id: str,
    lines: Iterable[StatedLine],
    answers: Sequence[LineAnswer] = (),
) -> list[Told]:
    """Lines in the reader's language, numbered as they are stated."""
    named = sites_of(uow, tenant_id)
    formats = formats_of(request)
    return [
        Told(
            number,
            line,
            words(line, formats),
            named.get(line.site_id),
            [answer for answer in answers if answer.line == number],
        )
        for number, line in enumerate(lines, 1)
    ]


def sites_of(uow: UnitOfWork, tenant_id: str) -> Mapping[UUID, Site]:
    """A tenant's sites by id."""
    return {site.site_id: site for site in sites.listed(uow, tenant_id=tenant_id)}


def words(line: StatedLine, formats: Formats) -> str:
    """What a line is for, in one sentence. No card, no customer."""
    facts, translate = line.facts, formats.translate
    if line.kind is LineKind.CHARGEBACK:
        said = facts["zh"] if formats.locale == "zh_CN" else facts["en"]
        return f"{facts['device']} · {formats.day(_at(facts))}: {said}"
    if line.kind is LineKind.VISIT:
        return f"{facts['device']} · {formats.day(_at(facts))}"
    if line.kind is LineKind.COMPENSATION:
        told = translate("%(device)s out of service for %(time)s from %(since)s, over %(limit)s")
        return told % {
            "device": facts["device"],
            "time": formats.seconds(facts["lasted_s"]),
            "since": formats.moment(_at(facts)),
            "limit": formats.seconds(facts["threshold_s"]),
        }
    if line.kind in {LineKind.ELECTRICITY, LineKind.WATER}:
        return _metered(line, formats)
    told = translate("%(month)s: %(rate)s of %(revenue)s in %(days)s days")
    return told % {
        "month": facts["month"],
        "rate": " / ".join(f"{per_mille / 10:g} %" for per_mille in facts["per_mille"]),
        "revenue": formats.yuan(facts["revenue_fen"]),
        "days": facts["days"],
    }


UNITS = {LineKind.ELECTRICITY: "kWh", LineKind.WATER: "m³"}


def _metered(line: StatedLine, formats: Formats) -> str:
    facts, unit = line.facts, UNITS[line.kind]
    told = formats.translate(
        "%(since)s to %(day)s: %(before)s to %(after)s is %(used)s %(unit)s at %(price)s yuan"
    )
    return told % {
        "since": facts["since"],
        "day": facts["day"],
        "before": decimal(facts["before"], 1000),
        "after": decimal(facts["after"], 1000),
        "used": decimal(facts["after"] - facts["before"], 1000),
        "unit": unit,
        "price": decimal(facts["price_millifen"], 100_000),
    }


def decimal(number: int, parts: int) -> str:
    """So many parts of a whole, exactly: 1234500 of 1000 is 1234.5."""
    return f"{Decimal(number) / parts:f}"


def netted(lines: Sequence[StatedLine]) -> list[tuple[LineKind, int]]:
    """What each kind of line comes to, in fen, as they are stated: their sum is the total."""
    sums: dict[LineKind, int] = {}
    for line in lines:
        sums[line.kind] = sums.get(line.kind, 0) + line.amount_fen
    return [(kind, sums[kind]) for kind in LineKind if kind in sums]


def rows(request: Request, found: Issued, lines: Sequence[Told]) -> list[list[Cell]]:
    """The statement as a table, its hash last; amounts in fen."""
    formats = formats_of(request)
    translate = formats.translate
    head: list[Cell] = [
        translate("Line"),
        translate("What for"),
        translate("Site"),
        translate("Details"),
        translate("Correction"),
        translate("Owed by the partner (fen)"),
    ]
    body: list[list[Cell]] = [
        [
            one.number,
            translate(labels.of(one.line.kind)),
            one.site.name if one.site else "",
            one.words,
            one.line.revision - 1,
            one.line.amount_fen,
        ]
        for one in lines
    ]
    statement = found.statement
    return [
        head,
        *body,
        ["", translate("Total"), "", "", "", statement.total_fen],
        ["", translate("Issued by"), "", statement.operator_entity],
        ["", translate("Issued to"), "", statement.partner_entity],
        ["", "SHA-256", "", statement.sha256.hex()],
    ]


def _at(facts: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(facts["at"])
