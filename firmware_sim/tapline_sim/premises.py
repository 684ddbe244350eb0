"""What the machines of one site share: its people's hours, and its one uplink. When that is down,
all of them are without a line at once."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Protocol

from tapline_sim import laws
from tapline_sim.conditions import SiteSpec
from tapline_sim.customs import CUSTOMS
from tapline_sim.device_clock import BEIJING
from tapline_sim.plan import dice
from tapline_sim.reactor import Timer
from tapline_sim.truth import Truth

_DAY_S = 86_400.0
_BLOCKS_A_DAY = 4


class Cut(StrEnum):
    """Why a machine has no line; each ends by itself."""

    OUTAGE = "outage"
    UPLINK = "uplink"
    RESTART = "restart"


class Wire(Protocol):
    """A machine's line."""

    def cut(self, why: Cut) -> None:
        """Lose it without a goodbye."""

    def mend(self, why: Cut) -> None:
        """Have it again, unless something else is wrong with it too."""


class Timers(Protocol):
    """Of a reactor, what is asked of it here."""

    def after(self, delay_s: float, action: Callable[[], None]) -> Timer:
        """Run `action` once, `delay_s` from now."""


class Premises:
    """One site. Its days pass as fast as `spec` says, from the moment it opens."""

    def __init__(
        self,
        name: str,
        spec: SiteSpec,
        *,
        seed: int,
        device_ids: Iterable[str],
        reactor: Timers,
        truth: Truth,
        opened_at: datetime,
    ) -> None:
        self._name = name
        self._spec = spec
        self._seed = seed
        self._device_ids = list(device_ids)
        self._reactor = reactor
        self._truth = truth
        self._opened_at = opened_at
        self._custom = CUSTOMS[spec.people]
        self._wires: list[Wire] = []
        self._open = True
        self.connected = True
        self._after_block(1)

    def join(self, wire: Wire) -> None:
        """A machine's line goes through the uplink from now on."""
        self._wires.append(wire)
        if not self.connected:
            wire.cut(Cut.UPLINK)

    def local(self, run_s: float) -> datetime:
        """What its people's clocks say, so many seconds after it opened."""
        return self._opened_at + timedelta(days=run_s / self._spec.a_day_s)

    def busy(self, run_s: float) -> float:
        """Of the usual number of customers, so many times come then."""
        return self._custom.busy(self.local(run_s))

    def hour_left_s(self, run_s: float) -> float:
        """So long until an hour of theirs is over."""
        local = self.local(run_s)
        begun = local.replace(minute=0, second=0, microsecond=0)
        left = timedelta(hours=1) - (local - begun)
        return left.total_seconds() * self._spec.a_day_s / _DAY_S

    def close(self) -> None:
        """The run ends: nothing fails any more, and what has failed is back."""
        self._open = False
        self._turn(connected=True)

    def _after_block(self, block: int) -> None:
        block_s = self._spec.a_day_s / _BLOCKS_A_DAY
        self._reactor.after(block_s, partial(self._end_block, block))

    def _end_block(self, block: int) -> None:
        if not self._open:
            return
        luck = dice(self._seed, "uplink", self._name, block).random()
        self._turn(connected=laws.connected(self.connected, luck, self._spec.drops))
        self._after_block(block + 1)

    def _turn(self, *, connected: bool) -> None:
        if connected == self.connected:
            return
        self.connected = connected
        self._truth.uplink(self._name, self._device_ids, connected=connected)
        for wire in self._wires:
            wire.mend(Cut.UPLINK) if connected else wire.cut(Cut.UPLINK)


def now() -> datetime:
    """Local time, from which a site's days go on."""
    return datetime.now(BEIJING)
