"""Settings and lists that the platform sent, taken over between two customers."""

from collections.abc import Callable

from tapline_gateway.protocol import CardList, ConfigDesired
from tapline_sim.flash import Flash
from tapline_sim.world import World


class Takeover:
    """Keeps the last of each until nobody is being served; `report` says what is in force then."""

    def __init__(
        self,
        device_id: str,
        world: World,
        *,
        flash: Flash,
        is_busy: Callable[[], bool],
        report: Callable[[], None],
    ) -> None:
        self._device_id = device_id
        self._world = world
        self._flash = flash
        self._is_busy = is_busy
        self._report = report
        self._list: CardList | None = None
        self._settings: ConfigDesired | None = None

    def sent(self, wanted: CardList | ConfigDesired) -> None:
        """The platform wants something else from now on."""
        if isinstance(wanted, CardList):
            self._list = wanted
        else:
            self._settings = wanted
        self.look()

    def look(self) -> None:
        """Take over what waits, but not under a customer: he sees the old price, and was let in
        under the list before; his fact must not come after the acknowledgement."""
        if self._is_busy():
            return
        if self._list is not None:
            change, self._list = self._list, None
            self._take_list(change)
        if self._settings is not None:
            desired, self._settings = self._settings, None
            with self._world.store.transaction():
                self._flash.set(self._flash.settings.changed(desired))
            self._report()

    def _take_list(self, change: CardList) -> None:
        held = self._flash.held.changed(change, seq=self._flash.counters.seq)
        with self._world.store.transaction():
            self._flash.hold(held)
        for card in self._world.plan.stolen_for(self._device_id):
            if card in held.cards:
                self._world.crowd.invite(card)
        self._report()
