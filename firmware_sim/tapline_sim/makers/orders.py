"""What a foreign machine does on the platform's word, once each; told again, it says the same."""

from collections.abc import Callable
from datetime import UTC, datetime

from tapline_gateway.protocol import Command, CommandOp, CommandState, CommandStatus
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim.flash import Flash
from tapline_sim.world import World

_UNKNOWN = 1


class Orders:
    """The orders of one machine, and its memory of those that it carried out."""

    def __init__(
        self,
        world: World,
        *,
        flash: Flash,
        restart: Callable[[], None],
        report: Callable[[CommandStatus], None],
    ) -> None:
        self._world = world
        self._flash = flash
        self._restart = restart
        self._report = report

    def execute(self, command: Command) -> None:
        """Do an order once; told again, report the same."""
        status, is_new = self._flash.answer_to(command.cmd), False
        if status is None:
            is_new = True
            with self._world.store.transaction():
                status = self._carry_out(command)
                self._flash.remember(status)
        self._report(status)
        if is_new and status.st is CommandState.DONE and command.op == CommandOp.REBOOT:
            self._restart()

    def _carry_out(self, command: Command) -> CommandStatus:
        if not is_alive(command.exp, datetime.now(UTC)):
            return CommandStatus(cmd=command.cmd, st=CommandState.EXPIRED)
        match command.op:
            case CommandOp.STOP_SALE:
                self._flash.count(stopped=1)
            case CommandOp.RESUME_SALE:
                self._flash.count(stopped=0)
            case CommandOp.SELFTEST | CommandOp.FLUSH | CommandOp.REBOOT:
                pass
            case _:
                return CommandStatus(cmd=command.cmd, st=CommandState.REFUSED, rc=_UNKNOWN)
        return CommandStatus(cmd=command.cmd, st=CommandState.DONE)
