"""What the platform can order, and what the exchange does then."""

from tapline.hotline import CommandKind, PortCommand
from tapline.hotline.port import AgentPart, LegPart
from tapline_ops.telephony.happenings import Happenings
from tapline_ops.telephony.lines import Caller, Gathering, Leg, Line

_THINKS_MS = 1500
"""A caller's pause before he presses."""
_PICKS_UP_MS = 3000
"""A customer's before he takes a call of ours."""
_ENDS = {CommandKind.HANG_UP, CommandKind.DROP_LEG, CommandKind.REJECT}


class Orders:
    """Carries out one command at a time."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings
        self._exchange = happenings.exchange

    def carried_out(self, command: PortCommand) -> str:
        """Why it could not be, or the empty text."""
        line = self._exchange.lines.get(command.call_ref)
        if command.kind is CommandKind.ORIGINATE and line is None:
            self._originate(command)
            return ""
        if line is None or not line.is_live:
            # What shall end has ended: that is no failure.
            return "" if command.kind in _ENDS else "this call is not there"
        self._orders[command.kind](self, line, command)
        return ""

    def _answer(self, line: Line, command: PortCommand) -> None:
        line.is_answered = True

    def _reject(self, line: Line, command: PortCommand) -> None:
        self._happenings.end(line, side="system", cause="rejected")

    def _play(self, line: Line, command: PortCommand) -> None:
        line.heard = command.arguments["say"]

    def _gather(self, line: Line, command: PortCommand) -> None:
        asked, now_ms = command.arguments, self._exchange.now_ms
        line.heard = asked["say"]
        line.gathering = Gathering(
            command_id=str(command.command_id),
            digits_min=asked["digits_min"],
            digits_max=asked["digits_max"],
            ends_at_ms=now_ms + asked["timeout_ms"],
            pressed_at_ms=now_ms + _THINKS_MS if line.caller.keys else None,
        )

    def _wait(self, line: Line, command: PortCommand) -> None:
        line.heard = "♪"

    def _ring(self, line: Line, command: PortCommand) -> None:
        asked = command.arguments
        leg = Leg(
            ref=asked["leg"],
            target=asked["target"],
            ends_at_ms=self._exchange.now_ms + asked["timeout_ms"],
        )
        line.legs[leg.ref] = leg
        self._happenings.event(
            line,
            "call.ringing",
            leg=LegPart(ref=leg.ref, role="agent"),
            agent=AgentPart(ref=leg.target),
        )

    def _drop_leg(self, line: Line, command: PortCommand) -> None:
        line.legs.pop(command.arguments["leg"], None)

    def _bridge(self, line: Line, command: PortCommand) -> None:
        if command.arguments["leg"] not in line.legs:
            self._ring(line, command)
        leg = line.legs[command.arguments["leg"]]
        if not leg.is_up:
            self._happenings.leg_up(line, leg)
        self._happenings.talk(line, leg)

    def _originate(self, command: PortCommand) -> None:
        asked, now_ms = command.arguments, self._exchange.now_ms
        known = self._exchange.callers.get(asked["to"], Caller())
        line = Line(
            ref=command.call_ref,
            direction="out",
            ani=asked["to"],
            dnis="",
            begun_at_ms=now_ms,
            caller=known,
            answers_at_ms=now_ms + _PICKS_UP_MS if known.takes_calls else None,
            rings_until_ms=now_ms + asked["timeout_ms"],
        )
        line.legs[asked["leg"]] = Leg(ref=asked["leg"], target=asked["target"])
        self._exchange.lines[line.ref] = line
        self._happenings.event(line, "call.arrived")
        self._happenings.leg_up(line, line.legs[asked["leg"]])

    def _hold(self, line: Line, command: PortCommand) -> None:
        line.is_held = True
        self._happenings.event(line, "call.held")

    def _resume(self, line: Line, command: PortCommand) -> None:
        line.is_held = False
        self._happenings.event(line, "call.resumed")

    def _hang_up(self, line: Line, command: PortCommand) -> None:
        side = "system" if line.talking_leg is None else "agent"
        self._happenings.end(line, side=side)

    _orders = {  # noqa: RUF012 (a table of methods)
        CommandKind.ANSWER: _answer,
        CommandKind.REJECT: _reject,
        CommandKind.PLAY: _play,
        CommandKind.GATHER: _gather,
        CommandKind.WAIT: _wait,
        CommandKind.RING: _ring,
        CommandKind.DROP_LEG: _drop_leg,
        CommandKind.BRIDGE: _bridge,
        CommandKind.HOLD: _hold,
        CommandKind.RESUME: _resume,
        CommandKind.HANG_UP: _hang_up,
    }
