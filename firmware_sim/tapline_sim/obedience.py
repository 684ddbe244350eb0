"""What a dispenser does on the platform's word, once each; asked again, it answers the same."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from tapline_gateway.protocol import (
    Command,
    CommandOp,
    CommandState,
    CommandStatus,
    Message,
    SeqRange,
    format_ts,
)
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim.device_clock import DeviceClock
from tapline_sim.flash import Flash
from tapline_sim.identity import Identity, rekeyed
from tapline_sim.world import World


class Machine(Protocol):
    """What a command may need of the machine that carries it out."""

    def prove(self, command: Command) -> CommandStatus:
        """Wait for a card to say which it is."""

    def selftest(self) -> dict[str, Any]:
        """Try every part, and say what was found."""

    def restart(self, reason: str) -> None:
        """Start anew, when nobody is being served."""

    @property
    def identity(self) -> Identity:
        """Who the device is at this moment."""

    def move(self) -> None:
        """Leave, and log in to another operator's branch."""


class Obedience:
    """The commands of one device, and its memory of those that it carried out."""

    def __init__(
        self,
        device_id: str,
        world: World,
        *,
        flash: Flash,
        clock: DeviceClock,
        machine: Machine,
        say: Callable[[Message], object],
    ) -> None:
        self._device_id = device_id
        self._world = world
        self._flash = flash
        self._clock = clock
        self._machine = machine
        self._say = say

    def execute(self, command: Command) -> None:
        """Do a command once; asked again, answer the same."""
        status = self._flash.answer_to(command.cmd)
        if status is None:
            self._say(CommandStatus(cmd=command.cmd, st=CommandState.RECEIVED))
            with self._world.store.transaction():
                status = self._carry_out(command)
                self._flash.remember(status)
            if status.st is CommandState.DONE and command.op == CommandOp.REBOOT:
                self._machine.restart("command")
        self._say(status)

    def ended(self, status: CommandStatus) -> None:
        """A command that took its time is over."""
        with self._world.store.transaction():
            self._flash.remember(status)
        self._say(status)

    def _carry_out(self, command: Command) -> CommandStatus:
        if not is_alive(command.exp, datetime.now(UTC)):
            return CommandStatus(cmd=command.cmd, st=CommandState.EXPIRED)
        if command.op == CommandOp.PROVE:
            return self._machine.prove(command)
        done = self._do(command)
        if isinstance(done, int):
            return CommandStatus(cmd=command.cmd, st=CommandState.REFUSED, rc=done)
        return CommandStatus(cmd=command.cmd, st=CommandState.DONE, out=done)

    def _do(self, command: Command) -> dict[str, Any] | int:
        """What the command gave, or the code with which it is refused."""
        match command.op:
            case CommandOp.RESEND:
                wanted = SeqRange.read(command.args)
                return 2 if wanted is None else self._resend(wanted)
            case CommandOp.SELFTEST:
                return self._machine.selftest()
            case CommandOp.REKEY:
                return {} if self._rekey(command) else 2
            case CommandOp.STOP_SALE:
                self._flash.count(stopped=1)
            case CommandOp.RESUME_SALE:
                if not self._is_safe(command.args.get("safe_upto")):
                    return 3
                self._flash.count(stopped=0, unsafe=0)
            case CommandOp.FLUSH | CommandOp.SAY | CommandOp.REBOOT:
                pass
            case _:
                return 1
        return {"seq_head": self._flash.counters.seq}

    def _is_safe(self, safe_upto: object) -> bool:
        """Whether the release knew of the last reason for which the machine stopped by itself."""
        known = safe_upto if type(safe_upto) is int else 0
        return self._flash.counters.unsafe <= known

    def _rekey(self, command: Command) -> bool:
        """Be somebody else from now on: the answer is signed with the new key already."""
        present = self._machine.identity
        next_one = rekeyed(present, command.args.get("box"), command.cmd)
        if next_one is None:
            return False
        moved = next_one.tenant != present.tenant
        self._flash.become(next_one, moved=moved)
        self._world.truth.device("rekeyed", self._device_id)
        if moved:
            self._machine.move()
        return True

    def _resend(self, wanted: SeqRange) -> dict[str, int]:
        """Deliver a range again, and declare what of it is gone; how many facts of either."""
        head = self._flash.counters.seq
        kept = self._flash.unpark(wanted.first, wanted.last)
        for seq in kept:
            self._world.mischief.asked_for(self._device_id, seq)
        gone = gaps(kept, wanted.first, min(wanted.last, head))
        for lost in gone:
            self._flash.raise_event("lost", ts=format_ts(self._clock.now()), **lost.document())
        return {"resent": len(kept), "lost": sum(last - first + 1 for first, last in gone)}


def gaps(kept: list[int], first: int, last: int) -> list[SeqRange]:
    """What is missing of `first` to `last` (both included) among ascending `kept`."""
    missing, expected = [], first
    for seq in (*kept, last + 1):
        if seq > expected:
            missing.append(SeqRange(expected, seq - 1))
        expected = seq + 1
    return missing
