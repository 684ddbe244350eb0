"""What the plan has in store for a whole device, beside its pours: outages, restarts, a clock that
jumps, a memory that is put back to what it was."""

from functools import partial
from typing import Protocol

from tapline_sim.premises import Cut
from tapline_sim.uplink import Connection
from tapline_sim.world import World

AGAIN_S = 0.5


class Victim(Protocol):
    """What can be done to a device."""

    def receive_late_cards(self) -> None:
        """Let those pour who wait for the line to be away."""

    def jump(self, seconds: float) -> None:
        """Move its clock."""

    def restart(self, reason: str) -> None:
        """Start it anew."""

    def roll_back(self) -> bool:
        """Put its memory back to what it was at the start; False while that would lose facts."""


def await_all(device_id: str, world: World, victim: Victim, line: Connection) -> None:
    """Let everything come true at its time, in seconds of the run."""
    plan, after = world.plan, world.reactor.after
    if (site := world.site_of(device_id)) is not None:
        site.join(line)
    if (outage := plan.outage(device_id)) is not None:
        after(outage.from_s, partial(line.cut, Cut.OUTAGE))
        after(outage.middle_s, victim.receive_late_cards)
        after(outage.to_s, partial(line.mend, Cut.OUTAGE))
    fault = plan.clock(device_id)
    for at_s in fault.jumps_s:
        after(at_s, lambda: victim.jump(fault.jump_s))
    if (loop := plan.reboots(device_id)) is not None:
        for turn in range(loop.times):
            after(loop.from_s + turn * loop.every_s, lambda: victim.restart("watchdog"))
    if (back_s := plan.rolled_back_at_s(device_id)) is not None:
        after(back_s, lambda: _roll_back(world, victim))


def _roll_back(world: World, victim: Victim) -> None:
    if not victim.roll_back():
        world.reactor.after(AGAIN_S, lambda: _roll_back(world, victim))
