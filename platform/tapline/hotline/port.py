"""The port behind which a telephone exchange stands: what it tells us, and what we tell it.

The core never knows SIP, nor any provider's own words: an adapter turns them into these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol
from uuid import UUID

from msgspec import Meta, Struct

SCHEMA = "tapline.cti/1"

_NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no NUL in a text
_Ref = Annotated[str, Meta(min_length=1, max_length=128, pattern=_NO_NUL)]
_Text = Annotated[str, Meta(max_length=128, pattern=_NO_NUL)]
_Moment = Annotated[datetime, Meta(tz=True)]


class CallPart(Struct, frozen=True, kw_only=True):
    """The conversation. Each event repeats whose it is: the first to arrive may be any of them."""

    ref: _Ref
    """The provider's name for it; ours where we originated it."""
    direction: _Text = "in"
    ani: _Text = ""
    """Who calls; empty where the caller hides it."""
    dnis: _Text = ""
    """The number that was called."""


class LegPart(Struct, frozen=True, kw_only=True):
    """One telephone's part in it."""

    ref: _Text = ""
    role: _Text = ""
    """`customer` or `agent`."""


class AgentPart(Struct, frozen=True, kw_only=True):
    ref: _Text = ""
    """The telephone or extension, as `seats` knows it."""


class Digits(Struct, frozen=True, kw_only=True):
    digits: _Text = ""


class Times(Struct, frozen=True, kw_only=True):
    """What a later event knows about earlier moments."""

    arrived: _Moment | None = None
    queued: _Moment | None = None
    ringing: _Moment | None = None
    answered: _Moment | None = None
    ended: _Moment | None = None


class Result(Struct, frozen=True, kw_only=True):
    disposition: _Text = ""
    hangup_side: _Text = ""
    """`customer`, `agent` or `system`."""
    cause: _Text = ""
    """busy, no_answer, rejected, unreachable, cancelled, congestion, lost or normal."""


class Recording(Struct, frozen=True, kw_only=True):
    ref: _Text = ""
    url: Annotated[str, Meta(max_length=2000, pattern=_NO_NUL)] = ""
    expires_at: _Moment | None = None


class PortEvent(Struct, frozen=True, kw_only=True):
    """Something happened on the line. At least once, perhaps late, in no order.

    `type` is one of `call.arrived, call.digits, call.queued, call.ringing, call.answered,
    call.held, call.resumed, call.ended, call.cdr, leg.answered, leg.ended, recording.ready`;
    another one is kept and moves nothing. `call.answered` means that caller and agent talk.
    """

    id: _Ref
    """The provider's own id of this event: the same one twice is one."""
    schema: _Text = SCHEMA
    type: _Text
    provider: _Ref
    occurred_at: _Moment
    command_id: UUID | None = None
    """The command of ours that this answers."""
    call: CallPart
    leg: LegPart = LegPart()
    agent: AgentPart = AgentPart()
    ivr: Digits = Digits()
    times: Times = Times()
    result: Result = Result()
    recording: Recording = Recording()


class CommandKind(StrEnum):
    ANSWER = "answer"
    """Pick up the caller's call."""
    REJECT = "reject"
    """Refuse it unanswered: `cause`."""
    PLAY = "play"
    """Say `say` to the caller."""
    GATHER = "gather"
    """Say `say`, then take `digits_min` to `digits_max` keys within `timeout_ms`: `call.digits`.

    Where `secret` is set the exchange keeps them out of its logs and recordings.
    """
    WAIT = "wait"
    """Music until something else is asked for."""
    RING = "ring"
    """Ring the telephone `target` as leg `leg` for at most `timeout_ms`."""
    DROP_LEG = "drop_leg"
    """Let leg `leg` ring or talk no longer; one that is not there is no error."""
    BRIDGE = "bridge"
    """Join leg `leg` and the caller, ringing `target` first where that leg is not up yet."""
    ORIGINATE = "originate"
    """Call `target` as leg `leg`, then `to`, showing `caller_id` to both; then join them."""
    HOLD = "hold"
    RESUME = "resume"
    HANG_UP = "hang_up"
    """End the whole call."""


@dataclass(frozen=True, slots=True)
class PortCommand:
    """An order to the exchange. The same `command_id` twice is one order."""

    command_id: UUID
    call_ref: str
    kind: CommandKind
    arguments: dict[str, Any] = field(default_factory=dict)


class RefusedCommandError(Exception):
    """The exchange will never do this; any other error may pass."""


class EventRefusedError(Exception):
    """What came is not the provider's, or too old: nothing of it may be believed."""


class UnreadableEventError(Exception):
    """It is the provider's, and says nothing that we understand; `args[0]` says why."""


class TelephonyPort(Protocol):
    """A telephone exchange, or a provider's. It decides nothing about who gets a call."""

    def execute(self, command: PortCommand) -> None:
        """Return once the exchange has taken the order.

        Raises:
            RefusedCommandError: trying again is of no use.
        """

    def live_calls(self) -> frozenset[str]:
        """The references of all calls that the exchange still knows of."""

    def read(self, headers: Mapping[str, str], body: bytes) -> PortEvent:
        """What an authentic, fresh message of the exchange says; header names are lower case.

        Raises:
            EventRefusedError: it is not authentic, or old.
            UnreadableEventError: it is authentic and cannot be read.
        """


Ports = Mapping[str, TelephonyPort]
"""The configured exchanges by provider name."""
