"""What happens on a line, and how the platform hears of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tapline.hotline import PortEvent
from tapline.hotline.port import AgentPart, CallPart, LegPart, Result, Times
from tapline_ops.telephony.lines import Exchange, Leg, Line

PROVIDER = "sim"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Happenings:
    """Changes lines of an `Exchange`; each change is handed to `tell`, in order."""

    def __init__(self, exchange: Exchange, tell: Callable[[PortEvent], None]) -> None:
        self.exchange = exchange
        self._tell = tell

    def event(self, line: Line, kind: str, **parts: Any) -> None:
        """Tell of something; ids count through the exchange's whole life."""
        self.exchange.count += 1
        command_id = parts.pop("command_id", None)
        self._tell(
            PortEvent(
                id=f"{PROVIDER}-{self.exchange.count:08d}",
                type=kind,
                provider=PROVIDER,
                occurred_at=_moment(self.exchange.now_ms),
                command_id=UUID(command_id) if command_id else None,
                call=CallPart(ref=line.ref, direction=line.direction, ani=line.ani, dnis=line.dnis),
                **parts,
            )
        )

    def leg_up(self, line: Line, leg: Leg) -> None:
        """An agent's telephone is picked up."""
        leg.is_up = True
        self.event(line, "leg.answered", leg=_part(leg), agent=AgentPart(ref=leg.target))

    def leg_down(self, line: Line, leg: Leg, cause: str) -> None:
        """It is put down, or rang in vain."""
        line.legs.pop(leg.ref, None)
        result = Result(cause=cause)
        self.event(line, "leg.ended", leg=_part(leg), result=result)

    def talk(self, line: Line, leg: Leg) -> None:
        """Caller and agent hear each other."""
        now_ms = self.exchange.now_ms
        line.talking_leg, line.talking_since_ms, line.heard = leg.ref, now_ms, ""
        line.gives_up_at_ms = line.rings_until_ms = line.gathering = None
        if line.caller.talk_ms is not None:
            line.talks_until_ms = now_ms + line.caller.talk_ms
        self.event(line, "call.answered", leg=_part(leg), agent=AgentPart(ref=leg.target))

    def end(self, line: Line, *, side: str, cause: str = "normal") -> None:
        """It is over; a detail record follows."""
        agent = line.legs.get(line.talking_leg or "")
        line.ended_at_ms, line.gathering = self.exchange.now_ms, None
        line.legs.clear()
        result = Result(hangup_side=side, cause=cause)
        self.event(line, "call.ended", result=result)
        since_ms = line.talking_since_ms
        self.event(
            line,
            "call.cdr",
            result=result,
            agent=AgentPart(ref=agent.target) if agent else AgentPart(),
            times=Times(
                arrived=_moment(line.begun_at_ms),
                answered=None if since_ms is None else _moment(since_ms),
                ended=_moment(self.exchange.now_ms),
            ),
        )


def _part(leg: Leg) -> LegPart:
    return LegPart(ref=leg.ref, role="agent")


def _moment(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)
