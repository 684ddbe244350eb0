"""What a person may have a machine do, and what a machine's word about it changes. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from tapline.devices.commands.model import CommandState
from tapline.errors import InvalidError
from tapline.people import Role

OPEN = (
    CommandState.QUEUED,
    CommandState.PUBLISHED,
    CommandState.RECEIVED,
    CommandState.STARTED,
)
UNANSWERED = OPEN[:2]
OPPOSITES = {"stop_sale": "resume_sale", "resume_sale": "stop_sale"}
"""The only operations that another one takes back."""
OVERDUE = timedelta(hours=1)
"""So long after its time a machine that has begun may still say how it went."""

_DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
_HANDS = _DESK | {Role.TECHNICIAN}
_LEADS = frozenset({Role.SUPERVISOR, Role.ADMIN})
MAY_SEND_TO_ALL = _LEADS
_DAY_S = 24 * 3600
_RESEND_MAX = 10_000
_TEXT_MAX = 100


class Operation(NamedTuple):
    """Something a machine does on the word of a person: who may say it, how long it holds."""

    senders: frozenset[Role]
    ttl_s: int


OPERATIONS: Mapping[str, Operation] = {
    "selftest": Operation(_HANDS, _DAY_S),
    "flush": Operation(_HANDS, 6 * 3600),
    "say": Operation(_DESK, _DAY_S),
    "resend": Operation(_DESK, 7 * _DAY_S),
    "reboot": Operation(_LEADS | {Role.TECHNICIAN}, 3600),
    "stop_sale": Operation(_LEADS, 7 * _DAY_S),
    "resume_sale": Operation(_LEADS, 7 * _DAY_S),
}
"""In the order in which pages offer them. The rest of the contract's is sent by the platform."""


def arguments(op: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What goes on the wire with an operation.

    Raises:
        InvalidError: something is missing or cannot be.
    """
    match op:
        case "say":
            text = str(given.get("text", "")).strip()
            if not 1 <= len(text) <= _TEXT_MAX or not text.isprintable():
                raise InvalidError(f"write 1 to {_TEXT_MAX} characters for the machine to show")
            return {"text": text}
        case "resend":
            first, last = given.get("from"), given.get("to")
            if type(first) is not int or type(last) is not int or not 1 <= first <= last:
                raise InvalidError("name the records to send again: first and last number")
            if last - first >= _RESEND_MAX:
                raise InvalidError(f"at most {_RESEND_MAX} records at a time")
            return {"from": first, "to": last}
        case _:
            return {}


def is_news(known: CommandState, said: CommandState) -> bool:
    """Whether a machine's word changes what is known of a command.

    A result is the last word, also on what we gave up: the machine did it before it was over, and
    the answer took its time.
    """
    if known is CommandState.EXPIRED:
        return said in {CommandState.DONE, CommandState.FAILED, CommandState.REFUSED}
    order = list(CommandState)
    return known in OPEN and order.index(said) > order.index(known)
