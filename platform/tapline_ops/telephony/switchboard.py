"""The exchange at work: callers call, orders are carried out, time passes. Deterministic."""

from collections.abc import Callable, Iterator
from functools import partial

from tapline.errors import NotFoundError
from tapline.hotline import PortCommand, PortEvent, RefusedCommandError
from tapline.hotline.port import Digits, LegPart
from tapline_ops.telephony.happenings import Happenings
from tapline_ops.telephony.lines import Caller, Exchange, Leg, Line
from tapline_ops.telephony.orders import Orders

_KEPT_MS = 3_600_000
"""So long an ended call is remembered."""
_ORDERS_KEPT = 500


class Switchboard:
    """Acts on an `Exchange`; what it has to tell is handed to `tell`, in order."""

    def __init__(self, exchange: Exchange, tell: Callable[[PortEvent], None]) -> None:
        self.exchange = exchange
        self._happenings = Happenings(exchange, tell)
        self._orders = Orders(self._happenings)

    def place(self, *, ani: str, dnis: str, caller: Caller) -> Line:
        """Somebody dials the hotline."""
        self.exchange.count += 1
        now_ms = self.exchange.now_ms
        line = Line(
            ref=f"in-{self.exchange.count:06d}",
            direction="in",
            ani=ani,
            dnis=dnis,
            begun_at_ms=now_ms,
            caller=caller,
            gives_up_at_ms=now_ms + caller.patience_ms,
        )
        self.exchange.lines[line.ref] = line
        self._happenings.event(line, "call.arrived")
        return line

    def press(self, ref: str, keys: str) -> None:
        """The caller presses keys by hand."""
        line = self._live(ref)
        if line.gathering is not None:
            line.gathering.keys += keys
            self._gathered_enough(line)

    def hang_up(self, ref: str) -> None:
        """The caller hangs up."""
        self._happenings.end(self._live(ref), side="customer")

    def pick_up(self, ref: str, leg: str) -> None:
        """An agent answers at his telephone."""
        line = self._live(ref)
        self._happenings.leg_up(line, self._leg(line, leg))

    def put_down(self, ref: str, leg: str) -> None:
        """An agent refuses, or hangs up, at his telephone."""
        line = self._live(ref)
        if line.talking_leg == leg:
            self._happenings.end(line, side="agent")
        else:
            self._happenings.leg_down(line, self._leg(line, leg), "rejected")

    def execute(self, command: PortCommand) -> None:
        """Do what the platform orders; see `TelephonyPort`."""
        if refusal := self.answer_to(command):
            raise RefusedCommandError(refusal)

    def answer_to(self, command: PortCommand) -> str:
        """The same, with the refusal as an answer; empty: it was done, now or before."""
        key = str(command.command_id)
        if key not in self.exchange.executed:
            self.exchange.executed[key] = self._orders.carried_out(command)
        return self.exchange.executed[key]

    def live_calls(self) -> frozenset[str]:
        """See `TelephonyPort`."""
        return frozenset(ref for ref, line in self.exchange.lines.items() if line.is_live)

    def next_due_ms(self) -> int | None:
        """When something happens by itself next."""
        return min((at_ms for at_ms, _, _ in self._due()), default=None)

    def advance(self, to_ms: int) -> None:
        """Let time pass, and whatever happens in it, in order."""
        while True:
            due = min(self._due(), key=lambda one: one[:2], default=None)
            if due is None or due[0] > to_ms:
                break
            self.exchange.now_ms = max(self.exchange.now_ms, due[0])
            due[2]()
        self.exchange.now_ms = max(self.exchange.now_ms, to_ms)
        self._forget()

    def _due(self) -> Iterator[tuple[int, str, Callable[[], None]]]:
        for line in self.exchange.lines.values():
            if line.is_live:
                for at_ms, act in self._line_due(line):
                    yield at_ms, line.ref, act

    def _line_due(self, line: Line) -> Iterator[tuple[int, Callable[[], None]]]:
        by_customer = partial(self._happenings.end, line, side="customer")
        moments: list[tuple[int | None, Callable[[], None]]] = [
            (line.gives_up_at_ms, by_customer),
            (line.answers_at_ms, partial(self._customer_takes_it, line)),
            (line.rings_until_ms, partial(by_customer, cause="no_answer")),
            (line.talks_until_ms, by_customer),
        ]
        if asked := line.gathering:
            moments.append((asked.pressed_at_ms, partial(self._presses, line)))
            moments.append((asked.ends_at_ms, partial(self._gathered, line)))
        for leg in line.legs.values():
            if not leg.is_up:
                down = partial(self._happenings.leg_down, line, leg, "no_answer")
                moments.append((leg.ends_at_ms, down))
        return ((at_ms, act) for at_ms, act in moments if at_ms is not None)

    def _presses(self, line: Line) -> None:
        """The caller's own script goes on by as many keys as are asked for."""
        assert line.gathering is not None
        count = line.gathering.digits_max
        pressed, line.caller.keys = line.caller.keys[:count], line.caller.keys[count:]
        line.gathering.pressed_at_ms = None
        line.gathering.keys += pressed
        self._gathered_enough(line)

    def _gathered_enough(self, line: Line) -> None:
        assert line.gathering is not None
        keys = line.gathering.keys
        if len(keys) >= line.gathering.digits_max or keys.endswith("#"):
            self._gathered(line)

    def _gathered(self, line: Line) -> None:
        asked, line.gathering = line.gathering, None
        assert asked is not None
        self._happenings.event(
            line, "call.digits", command_id=asked.command_id, ivr=Digits(digits=asked.keys)
        )

    def _customer_takes_it(self, line: Line) -> None:
        line.answers_at_ms = None
        self._happenings.event(line, "leg.answered", leg=LegPart(role="customer"))
        self._happenings.talk(line, next(iter(line.legs.values())))

    def _live(self, ref: str) -> Line:
        line = self.exchange.lines.get(ref)
        if line is None or not line.is_live:
            raise NotFoundError(f"no call {ref} is under way")
        return line

    def _leg(self, line: Line, ref: str) -> Leg:
        if ref not in line.legs:
            raise NotFoundError(f"no telephone rings as {ref}")
        return line.legs[ref]

    def _forget(self) -> None:
        """Ended calls are kept for an hour; orders for as long as their calls may be repeated."""
        before_ms = self.exchange.now_ms - _KEPT_MS
        ended = [
            ref
            for ref, line in self.exchange.lines.items()
            if line.ended_at_ms is not None and line.ended_at_ms < before_ms
        ]
        for ref in ended:
            del self.exchange.lines[ref]
        while len(self.exchange.executed) > _ORDERS_KEPT:
            del self.exchange.executed[next(iter(self.exchange.executed))]
