"""A dispenser's book: what it did with a card becomes true, all of it at once.

The fact, the card's new purse and the truth about them are one transaction of the store.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tapline_gateway.protocol import CommandStatus, Fact, FactStatus, Message, format_ts
from tapline_sim import facts, spoiling
from tapline_sim.counters import Counters
from tapline_sim.crowd import Visit, recent_stops
from tapline_sim.device_clock import DeviceClock
from tapline_sim.flash import Flash
from tapline_sim.mischief import Script
from tapline_sim.parts import Parts
from tapline_sim.physics import Flow
from tapline_sim.plan import NEEDS_CHAIN, NEEDS_SEQUEL, Deed
from tapline_sim.purse import Purse, Stop, Voucher
from tapline_sim.scenario import DeviceSpec
from tapline_sim.truth import due_fen
from tapline_sim.world import World

UNTOLD_FEN = 100
DRIFT_PERCENT = 93
"""Of the water: too little, and yet not so little that single pours stand out."""


class Pour(NamedTuple):
    """Water that is running, or should be."""

    script: Script
    amount_fen: int
    asked_ml: int
    flow: Flow
    opened_s: float
    hold: str | None


class Uplink(NamedTuple):
    """What a dispenser needs of its connection: whether it is up, a way to speak, and bells for
    facts that were written (their seq, and whether they are withheld), customers that left, and
    cards that were waited for; the last one says that the power is gone.
    """

    online: Callable[[], bool]
    publish: Callable[[Message], object]
    fact_written: Callable[[int, bool], None]
    customer_left: Callable[[], None]
    proven: Callable[[CommandStatus], None]
    power_lost: Callable[[], None]


class Logbook:
    """Writes facts into a device's flash."""

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
        self._parts = parts
        self._uplink = uplink
        self._was_wrong = False

    def voucher(self, voucher: Voucher, visit: Visit, *, unpaid: bool = False) -> None:
        """A voucher was written to the card; `unpaid`: one that the platform never gave."""
        world, before = self._world, self._world.purses[visit.card]
        after = before.loaded(voucher.amount_fen)
        counters = self._flash.counters.counting(charged_fen=0, ml=0)
        fact = facts.load(before=before, after=after, voucher=voucher, counters=counters)
        fact = self._stamped(fact, visit.nozzle)
        fact = facts.proven(fact, before, self._spec.device_id)
        with world.store.transaction():
            if not world.purses.first_write(voucher):
                return
            if unpaid:
                world.truth.inject(Deed.UNPAID_LOAD, self._spec.device_id, fact.seq, visit.card)
            self._flash.write(fact, counters)
            world.purses.save(after)
            world.truth.load(
                self._spec.device_id,
                fact.seq,
                visit.card,
                load=voucher.load,
                fen=voucher.amount_fen,
            )
            world.mischief.sequel(self._spec.device_id, fact)
        self._uplink.fact_written(fact.seq, False)

    def pour(self, pour: Pour, visit: Visit) -> None:
        """The valve is closed."""
        world, script, held = self._world, pour.script, self._world.purses[visit.card]
        before = spoiling.presented(script.deed, held)
        after = before.debited(pour.amount_fen)
        counters = self._flash.counters.counting(charged_fen=pour.amount_fen, ml=pour.flow.ml)
        if script.deed is Deed.UNTOLD:
            counters = counters.beside(charged_fen=UNTOLD_FEN)
        fact = facts.debit(
            before=before,
            after=after,
            amount_fen=pour.amount_fen,
            asked_ml=pour.asked_ml,
            flow=self._metered(pour.flow),
            counters=counters,
            hold=pour.hold,
        )
        fact = self._stamped(facts.torn(fact) if script.torn else fact, visit.nozzle)
        fact = spoiling.written(script.deed, facts.proven(fact, before, self._spec.device_id))
        parked = script.deed in {Deed.WITHHELD, Deed.FORGOTTEN}
        with world.store.transaction():
            self._parts.tell_failures(self._flash.counters, counters)
            self._write(fact, counters, script, parked=parked)
            world.purses.save(self._tapped(after if script.taken else held, visit, script))
            self._tell(pour, fact)
            world.mischief.happened(script, fact, self._spec.device_id)
            self._tell_time(fact)
            if script.deed is Deed.FORGOTTEN:
                self._flash.lose(fact.seq)
            if script.stuck:
                self._count_dry_pour()
        if script.power_cut:
            self._uplink.power_lost()
        self._uplink.fact_written(fact.seq, parked)

    def _write(self, fact: Fact, counters: Counters, script: Script, *, parked: bool) -> None:
        """Where the power goes, what was burned while the water still ran outlives the last word,
        which is torn."""
        if not script.power_cut:
            self._flash.write(fact, counters, parked=parked)
            return
        while_running = msgspec.structs.replace(fact, status=FactStatus.POWER_LOSS)
        self._flash.write(while_running, counters)
        after_bytes = self._world.plan.details(self._spec.device_id, fact.seq).randrange(300)
        self._flash.tear(fact, after_bytes)

    def _tell(self, pour: Pour, fact: Fact) -> None:
        deed, card = pour.script.deed, fact.card.no
        charged_fen = pour.amount_fen if pour.script.taken else 0
        worth_ml = self._flash.settings.tariff(self._world.scenario.tariff).worth_ml(
            pour.amount_fen
        )
        self._world.truth.pour(
            self._spec.device_id,
            None if deed is Deed.FORGOTTEN else fact.seq,
            None if self._world.plan.is_stranger(card) else card,
            charged_fen=charged_fen,
            due_fen=due_fen(charged_fen, ml=fact.ml, asked_ml=worth_ml),
            ml=fact.ml,
        )

    def _tell_time(self, fact: Fact) -> None:
        """Of facts in a row with wrong times the first one tells of all."""
        was_wrong, self._was_wrong = self._was_wrong, self._clock.is_wrong
        if self._was_wrong and not was_wrong:
            self._world.truth.inject(Deed.CLOCK, self._spec.device_id, fact.seq, fact.card.no)

    def _metered(self, flow: Flow) -> Flow:
        """The water as the meter has it: one that drifts counts too little, pulse for pulse."""
        if self._world.plan.drifts(self._spec.device_id):
            return flow._replace(ml=flow.ml * DRIFT_PERCENT // 100)
        return flow

    def _tapped(self, purse: Purse, visit: Visit, script: Script) -> Purse:
        """The card as the customer takes it away."""
        now_s = time.time()
        stop = Stop(self._spec.device_id, visit.nozzle, now_s)
        return msgspec.structs.replace(
            purse,
            taps=purse.taps + 1,
            calm=0 if script.deed in NEEDS_SEQUEL | NEEDS_CHAIN else purse.calm + 1,
            stops=(*recent_stops(purse, now_s), stop),
        )

    def _count_dry_pour(self) -> None:
        """The second pour in a row without water raises the alarm."""
        dry_pours = self._flash.counters.dry_pours + 1
        self._flash.count(dry_pours=dry_pours)
        if dry_pours == 2:
            self._flash.raise_event("valve_stuck", ts=format_ts(self._clock.now()))

    def _stamped(self, fact: Fact, nozzle: int) -> Fact:
        return msgspec.structs.replace(
            fact,
            ts=format_ts(self._clock.now()),
            clk=self._clock.source,
            off=not self._uplink.online(),
            nozzle=nozzle,
            tariff=self._flash.settings.tariff(self._world.scenario.tariff).version,
        )
