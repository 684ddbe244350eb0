"""One dispenser and the customer in front of it: tap, voucher, debit, water, fact.

Nothing of a pour is stored before it ended; then its `Logbook` writes it down.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime

from tapline_gateway.protocol import (
    AuthAnswer,
    AuthRequest,
    Command,
    CommandStatus,
    LoadRequest,
    format_ts,
)
from tapline_sim import seasons, spoiling
from tapline_sim.card_reader import CardReader
from tapline_sim.crowd import Visit
from tapline_sim.device_clock import BEIJING, DeviceClock
from tapline_sim.flash import Flash
from tapline_sim.logbook import Logbook, Pour, Uplink
from tapline_sim.mischief import ORDINARY, Script
from tapline_sim.parts import Parts
from tapline_sim.physics import build_nozzle
from tapline_sim.plan import Deed
from tapline_sim.proving import Proving
from tapline_sim.purse import Purse, Voucher
from tapline_sim.reactor import Timer
from tapline_sim.scenario import DeviceSpec, Tariff
from tapline_sim.teller import Answer, Teller, granted, voucher_in
from tapline_sim.world import World

VOUCHER_WAIT_S = 2.0  # how long a customer waits for the question whether money is due to the card
AUTH_WAIT_S = 5.0  # and how long for the question whether his card may draw
UNPAID_FEN = 100
AFTER_POUR_S = 0.5
READER_TRIES = 3  # so often a customer holds his card to the reader, each time
READ_AGAIN_S = 0.5  # later
RETRY_S = 0.5  # nobody came, or not with a good card


class Dispenser:
    """The machine itself; at most one customer at a time."""

    def __init__(
        self,
        spec: DeviceSpec,
        world: World,
        *,
        flash: Flash,
        clock: DeviceClock,
        parts: Parts,
        uplink: Uplink,
    ) -> None:
        self._spec = spec
        self._world = world
        self._flash = flash
        self._clock = clock
        self._uplink = uplink
        self._parts = parts
        self._book = Logbook(spec, world, flash=flash, clock=clock, parts=parts, uplink=uplink)
        self._nozzle = build_nozzle(spec.flow_ml_s, world.plan.build(spec.device_id, "nozzle"))
        self._customers = world.plan.build(spec.device_id, "customers")
        self.reader = CardReader(self._customers)
        self._visit: Visit | None = None
        self._was_full = False
        self._pour: Pour | None = None
        self._teller = Teller(world.reactor, uplink.publish)
        self._proving = Proving(world.reactor, uplink.proven)
        self._next_customer: Timer | None = None
        self._pace_s = spec.pace_s or world.scenario.pace_s

    def open(self) -> None:
        """Let customers come, the first within one pace."""
        self._expect_customer(self._customers.uniform(0, self._pace_s))

    def hurry(self) -> None:
        """Whoever is still to come shall come now."""
        if not self.busy:
            self._expect_customer(0)

    @property
    def _tariff(self) -> Tariff:
        return self._flash.settings.tariff(self._world.scenario.tariff)

    @property
    def _water_c(self) -> float:
        """What the city's mains are at this moment, whatever the device's clock says."""
        return seasons.water_c(self._world.scenario.climate, datetime.now(BEIJING))

    @property
    def _retry_s(self) -> float:
        """So long nobody comes: where customers are rare, looking for one is too."""
        return RETRY_S if self._world.closing else max(RETRY_S, self._pace_s / 10)

    @property
    def busy(self) -> bool:
        """Whether a customer stands at the machine."""
        return self._visit is not None

    def flow_ml_s(self) -> float:
        """The water that runs now, in ml/s."""
        if self._pour is None or self._pour.flow.pulses == 0:
            return 0.0
        nozzle = self._nozzle.at(self._water_c)
        return nozzle.flow_ml_s(time.monotonic() - self._pour.opened_s)

    @property
    def valve_open(self) -> bool:
        """Whether the valve is driven."""
        return self._pour is not None

    def answered(self, answer: Answer) -> None:
        """The platform's answer about the card; late or strange ones change nothing."""
        self._teller.answered(answer)

    def prove(self, command: Command) -> CommandStatus:
        """Wait for a card to say which it is."""
        return self._proving.begin(command)

    def _expect_customer(self, after_s: float) -> None:
        self._wait(after_s, self._arrive)

    def _wait(self, for_s: float, then: Callable[[], None]) -> None:
        if self._next_customer is not None:
            self._next_customer.cancel()
        self._next_customer = self._world.reactor.after(for_s, then)

    def _arrive(self) -> None:
        if self._flash.counters.stopped or self._is_full():
            self._expect_customer(self._retry_s)
            return
        world = self._world
        owing_only = world.closing and not world.mischief.device_owes(self._spec.device_id)
        visit = world.crowd.arrive(self._spec.device_id, self._spec.nozzles, owing_only=owing_only)
        if visit is None:
            self._expect_customer(self._retry_s)
            return
        self._present(visit, READER_TRIES)

    def _present(self, visit: Visit, tries: int) -> None:
        """A card is held to the reader, and again where it was not seen."""
        self._visit = None
        if self.reader.sees(self._parts.worn(self._flash.counters)):
            self._serve(visit)
        elif tries > 1:
            self._visit = visit
            self._world.reactor.after(READ_AGAIN_S, lambda: self._present(visit, tries - 1))
        else:
            with self._world.store.transaction():
                self._world.truth.device("unread", self._spec.device_id)
            self._world.crowd.turn_away(visit)
            self._expect_customer(self._retry_s)

    def _serve(self, visit: Visit) -> None:
        world = self._world
        purse = world.purses[visit.card]
        is_theft = visit.card in world.plan.stolen_for(self._spec.device_id)
        if visit.card in self._flash.held.cards and not is_theft:
            self._turn_away(visit)
            return
        self._proving.tapped(purse)
        if purse.is_online:
            self._authorise(visit, purse)
            return
        self._visit = visit
        self._tap(purse)

    def _is_full(self) -> bool:
        """Whether there is no room for another fact: then nothing is sold."""
        if self._flash.kept < self._spec.facts_max:
            self._was_full = False
        elif not self._was_full:
            self._was_full = True
            with self._world.store.transaction():
                self._world.truth.device("full", self._spec.device_id)
        return self._was_full

    def _turn_away(self, visit: Visit) -> None:
        """The card is blocked: nothing is sold, written or reported."""
        with self._world.store.transaction():
            self._world.mischief.barred(visit.card)
        self._world.crowd.turn_away(visit)
        self._expect_customer(self._retry_s)

    def _tap(self, purse: Purse) -> None:
        if not self._uplink.online():
            self._vend()
            return
        request = LoadRequest(
            req=uuid.uuid4().hex, card=purse.no, atc=purse.atc, bal=purse.balance_fen
        )
        self._teller.ask(request, wait_s=VOUCHER_WAIT_S, then=self._take_voucher)

    def _take_voucher(self, answer: Answer | None) -> None:
        assert self._visit is not None
        voucher = voucher_in(answer, self._visit.card)
        if voucher is not None:
            self._book.voucher(voucher, self._visit)
        self._show(answer)
        self._vend()

    def _show(self, answer: Answer | None) -> None:
        """What the platform has to say to whoever stands here."""
        assert self._visit is not None
        if answer is not None and answer.say is not None:
            with self._world.store.transaction():
                self._world.truth.shown(self._spec.device_id, self._visit.card, answer.say)

    def _authorise(self, visit: Visit, purse: Purse) -> None:
        """A card whose balance is online: without the platform's word there is no water."""
        if not self._uplink.online():
            self._turn_away(visit)
            return
        self._visit = visit
        request = AuthRequest(
            req=uuid.uuid4().hex,
            card=purse.no,
            nozzle=visit.nozzle,
            want_fen=self._customers.choice(self._tariff.amounts_fen),
            ts=format_ts(self._clock.now()),
        )
        self._teller.ask(request, wait_s=AUTH_WAIT_S, then=self._take_authorisation)

    def _take_authorisation(self, answer: Answer | None) -> None:
        visit = self._visit
        assert visit is not None
        payable = granted(answer, self._tariff)
        if not payable:
            self._visit = None
            self._turn_away(visit)
            return
        assert isinstance(answer, AuthAnswer)
        self._show(answer)
        self._pour_for(max(payable), hold=answer.hold)

    def _vend(self) -> None:
        """The customer chooses an amount that the purse can pay, and presses."""
        assert self._visit is not None
        purse = self._world.purses[self._visit.card]
        payable = [a for a in self._tariff.amounts_fen if a <= purse.balance_fen]
        self._pour_for(self._customers.choice(payable))

    def _pour_for(self, amount_fen: int, *, hold: str | None = None) -> None:
        visit = self._visit
        assert visit is not None
        purse = self._world.purses[visit.card]
        script = self._world.mischief.script(
            self._flash, self._spec.device_id, purse, amount_fen, self._world.run_s
        )
        if script.deed is Deed.UNPAID_LOAD:
            gift = Voucher(uuid.uuid4().hex, UNPAID_FEN)
            self._book.voucher(gift, visit, unpaid=True)
            script = ORDINARY
        self._open_valve(script, amount_fen, hold)

    def _open_valve(self, script: Script, amount_fen: int, hold: str | None = None) -> None:
        asked_ml = self._tariff.worth_ml(amount_fen)
        if script.deed is Deed.TARIFF:
            asked_ml = int(asked_ml * spoiling.TARIFF_SHARE)
        flow = self._nozzle.at(self._water_c).pour(asked_ml, delivered=script.delivered)
        self._pour = Pour(script, amount_fen, asked_ml, flow, time.monotonic(), hold)
        self._world.reactor.after(flow.lasts_s, self._settle)

    def _settle(self) -> None:
        """The valve is closed: what happened becomes true, all of it at once."""
        pour, visit = self._pour, self._visit
        assert pour is not None
        assert visit is not None
        self._pour = None
        self._book.pour(pour, visit)
        if pour.script.deed is Deed.DOUBLE:
            # The customer has not lifted the card and presses again: no new tap, no new question.
            self._open_valve(ORDINARY, pour.amount_fen)
            return
        self._visit = None
        self._world.crowd.leave(visit)
        self._uplink.customer_left()
        no_pause = self._world.closing or self._world.crowd.awaited(self._spec.device_id)
        self._wait(AFTER_POUR_S, self._arrive if no_pause else self._rest)

    def _rest(self) -> None:
        """Nobody comes for a while. How busy the site is holds for an hour of its people: a pause
        that would outlast it is drawn anew then, as if nobody had waited (it has no memory)."""
        site, run_s = self._world.site_of(self._spec.device_id), self._world.run_s
        rate = seasons.thirst(self._water_c) / self._pace_s
        pause_s = self._customers.expovariate(rate * (site.busy(run_s) if site else 1))
        if site is not None and pause_s > (left_s := site.hour_left_s(run_s)):
            self._wait(left_s, self._rest)
        else:
            self._wait(pause_s, self._arrive)
