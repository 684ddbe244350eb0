"""What platform and exchange say to each other over HTTP, beside the events."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from tapline.hotline import CommandKind
from tapline_ops.telephony.lines import Caller

EVENT = "telephony-event"
"""What an event's signature is for."""
COMMANDS = "/api/commands"
LIVE_CALLS = "/api/calls/live"
PLACE = "/api/calls"


class CommandOrder(Struct, frozen=True):
    command_id: UUID
    call_ref: str
    kind: CommandKind
    arguments: dict[str, Any]


class LiveCalls(Struct, frozen=True):
    refs: list[str]


class Placing(Struct, frozen=True, kw_only=True):
    """Somebody shall call: `ani` shows as his number."""

    ani: str
    dnis: str
    caller: Caller


class Placed(Struct, frozen=True):
    ref: str


class Refusal(Struct, frozen=True):
    detail: str
