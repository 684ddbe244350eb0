"""Tap to prove: a dispenser waits for one card and says which it was."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from tapline_gateway.protocol import Command, CommandState, CommandStatus, read_ts
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim.purse import Purse
from tapline_sim.reactor import Reactor, Timer


class _Waiting(NamedTuple):
    cmd: str
    nonce: str
    timer: Timer


class Proving:
    """At most one card is waited for; `report` is called with what became of it."""

    def __init__(self, reactor: Reactor, report: Callable[[CommandStatus], None]) -> None:
        self._reactor = reactor
        self._report = report
        self._waiting: _Waiting | None = None

    def begin(self, command: Command) -> CommandStatus:
        """Wait for a card, instead of one waited for before."""
        nonce, exp = command.args.get("nonce"), read_ts(command.exp)
        if not isinstance(nonce, str) or exp is None or not is_alive(command.exp, _now()):
            return CommandStatus(cmd=command.cmd, st=CommandState.REFUSED, rc=2)
        self._end(CommandState.EXPIRED)
        left_s = (exp - _now()).total_seconds()
        timer = self._reactor.after(left_s, lambda: self._end(CommandState.EXPIRED))
        self._waiting = _Waiting(command.cmd, nonce, timer)
        return CommandStatus(cmd=command.cmd, st=CommandState.STARTED)

    def tapped(self, purse: Purse) -> None:
        """A card was tapped: if one is waited for, it was this."""
        if self._waiting is not None:
            shown = {"nonce": self._waiting.nonce, "card": purse.no}
            chip = {} if purse.is_online else {"atc": purse.atc, "bal": purse.balance_fen}
            self._end(CommandState.DONE, **shown, **chip)

    def _end(self, state: CommandState, **out: object) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting.timer.cancel()
            status = CommandStatus(cmd=waiting.cmd, st=state, out=out)
            self._reactor.after(0, lambda: self._report(status))


def _now() -> datetime:
    return datetime.now(UTC)
