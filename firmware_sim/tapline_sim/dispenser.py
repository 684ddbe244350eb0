"""One dispenser and the customer in front of it: tap, voucher, debit, water, fact.

Nothing of a pour is stored before it ended; then the fact, the card's new purse and the truth
about it are one transaction, before anything else is done with them.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from tapline_gateway.protocol import Fact, LoadAnswer, LoadRequest, Message, format_ts
from tapline_gateway.protocol.freshness import is_alive
from tapline_sim import facts
from tapline_sim.crowd import Visit, recent_stops
from tapline_sim.device_clock import DeviceClock
from tapline_sim.flash import Flash
from tapline_sim.mischief import ORDINARY, Script
from tapline_sim.physics import Flow, build_nozzle
from tapline_sim.plan import NEEDS_SEQUEL, Deed
from tapline_sim.purse import Purse, Stop, Voucher
from tapline_sim.reactor import Timer
from tapline_sim.scenario import DeviceSpec
from tapline_sim.truth import due_fen
from tapline_sim.world import World

VOUCHER_WAIT_S = 2.0  # how long a customer waits for the question whether money is due to the card
AFTER_POUR_S = 0.5
RETRY_S = 0.5  # nobody came, or not with a good card


class Pour(NamedTuple):
    """Water that is running, or should be."""

    script: Script
    amount_fen: int
    asked_ml: int
    flow: Flow
    opened_s: float


class Uplink(NamedTuple):
    """What a dispenser needs of its connection: whether it is up, a way to speak, and bells for
    facts that were written (their seq, and whether they are withheld) and customers that left.
    """

    online: Callable[[], bool]
    publish: Callable[[Message], object]
    fact_written: Callable[[int, bool], None]
    customer_left: Callable[[], None]


class Dispenser:
    """The machine itself; at most one customer at a time."""

    def __init__(
        self, spec: DeviceSpec, world: World, flash: Flash, clock: DeviceClock, uplink: Uplink
    ) -> None:
        self._spec = spec
        self._world = world
        self._flash = flash
        self._clock = clock
        self._uplink = uplink
        self._nozzle = build_nozzle(spec.flow_ml_s, world.plan.build(spec.device_id, "nozzle"))
        self._customers = world.plan.build(spec.device_id, "customers")
        self._visit: Visit | None = None
        self._pour: Pour | None = None
        self._question: tuple[str, Timer] | None = None
        self._next_customer: Timer | None = None

    def open(self) -> None:
        """Let customers come, the first within one pace."""
        self._expect_customer(self._customers.uniform(0, self._world.scenario.pace_s))

    def hurry(self) -> None:
        """Whoever is still to come shall come now."""
        if not self.busy:
            self._expect_customer(0)

    @property
    def busy(self) -> bool:
        """Whether a customer stands at the machine."""
        return self._visit is not None

    def flow_ml_s(self) -> float:
        """The water that runs now, in ml/s."""
        if self._pour is None or self._pour.flow.pulses == 0:
            return 0.0
        return self._nozzle.flow_ml_s(time.monotonic() - self._pour.opened_s)

    @property
    def valve_open(self) -> bool:
        """Whether the valve is driven."""
        return self._pour is not None

    def voucher(self, answer: LoadAnswer) -> None:
        """The platform's answer about money for the card; late or strange ones change nothing."""
        if self._question is None or self._question[0] != answer.req or self._visit is None:
            return
        self._question[1].cancel()
        voucher = _acceptable(answer, self._visit.card)
        if voucher is not None:
            self._write_voucher(voucher, self._visit)
        self._vend()

    def _expect_customer(self, after_s: float) -> None:
        if self._next_customer is not None:
            self._next_customer.cancel()
        self._next_customer = self._world.reactor.after(after_s, self._arrive)

    def _arrive(self) -> None:
        world = self._world
        owing_only = world.closing and not world.mischief.device_owes(self._spec.device_id)
        visit = world.crowd.arrive(self._spec.device_id, self._spec.nozzles, owing_only=owing_only)
        if visit is None:
            self._expect_customer(RETRY_S)
            return
        if visit.card in self._flash.held.cards:
            self._turn_away(visit)
            return
        self._visit = visit
        self._tap(world.purses[visit.card])

    def _turn_away(self, visit: Visit) -> None:
        """The card is blocked: nothing is sold, written or reported."""
        with self._world.store.transaction():
            self._world.mischief.barred(visit.card)
        self._world.crowd.turn_away(visit)
        self._expect_customer(RETRY_S)

    def _tap(self, purse: Purse) -> None:
        if not self._uplink.online():
            self._vend()
            return
        request = LoadRequest(
            req=uuid.uuid4().hex, card=purse.no, atc=purse.atc, bal=purse.balance_fen
        )
        self._question = (request.req, self._world.reactor.after(VOUCHER_WAIT_S, self._vend))
        self._uplink.publish(request)

    def _write_voucher(self, voucher: Voucher, visit: Visit) -> None:
        world, before = self._world, self._world.purses[visit.card]
        after = before.loaded(voucher.amount_fen)
        counters = self._flash.counters.counting(charged_fen=0, ml=0)
        fact = facts.load(before=before, after=after, voucher=voucher, counters=counters)
        fact = self._stamped(fact, visit.nozzle)
        with world.store.transaction():
            if not world.purses.first_write(voucher):
                return
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

    def _vend(self) -> None:
        """The customer chooses an amount that the purse can pay, and presses."""
        self._question = None
        visit = self._visit
        assert visit is not None
        purse = self._world.purses[visit.card]
        payable = [a for a in self._world.scenario.tariff.amounts_fen if a <= purse.balance_fen]
        amount_fen = self._customers.choice(payable)
        script = self._world.mischief.script(
            self._flash, self._spec.device_id, purse, amount_fen, self._world.run_s
        )
        self._open_valve(script, amount_fen)

    def _open_valve(self, script: Script, amount_fen: int) -> None:
        asked_ml = self._world.scenario.tariff.worth_ml(amount_fen)
        flow = self._nozzle.pour(asked_ml, delivered=script.delivered)
        self._pour = Pour(script, amount_fen, asked_ml, flow, time.monotonic())
        self._world.reactor.after(flow.lasts_s, self._settle)

    def _settle(self) -> None:
        """The valve is closed: what happened becomes true, all of it at once."""
        pour, visit = self._pour, self._visit
        assert pour is not None
        assert visit is not None
        self._pour = None
        self._write_pour(pour, visit)
        if pour.script.deed is Deed.DOUBLE:
            # The customer has not lifted the card and presses again: no new tap, no new question.
            self._open_valve(ORDINARY, pour.amount_fen)
            return
        self._visit = None
        self._world.crowd.leave(visit)
        self._uplink.customer_left()
        pause_s = self._customers.expovariate(1 / self._world.scenario.pace_s)
        no_pause = self._world.closing or self._world.crowd.awaited(self._spec.device_id)
        self._expect_customer(AFTER_POUR_S + (0 if no_pause else pause_s))

    def _write_pour(self, pour: Pour, visit: Visit) -> None:
        world, script, before = self._world, pour.script, self._world.purses[visit.card]
        after = before.debited(pour.amount_fen)
        counters = self._flash.counters.counting(charged_fen=pour.amount_fen, ml=pour.flow.ml)
        fact = facts.debit(
            before=before,
            after=after,
            amount_fen=pour.amount_fen,
            asked_ml=pour.asked_ml,
            flow=pour.flow,
            counters=counters,
        )
        fact = self._stamped(facts.torn(fact) if script.torn else fact, visit.nozzle)
        parked = script.deed is Deed.WITHHELD
        with world.store.transaction():
            self._flash.write(fact, counters, parked=parked)
            world.purses.save(self._tapped(after if script.taken else before, visit, script))
            self._tell(pour, fact)
            world.mischief.happened(script, fact, self._spec.device_id)
            if script.stuck:
                self._count_dry_pour()
        self._uplink.fact_written(fact.seq, parked)

    def _tell(self, pour: Pour, fact: Fact) -> None:
        charged_fen = pour.amount_fen if pour.script.taken else 0
        self._world.truth.pour(
            self._spec.device_id,
            fact.seq,
            fact.card.no,
            charged_fen=charged_fen,
            due_fen=due_fen(charged_fen, ml=fact.ml, asked_ml=pour.asked_ml),
            ml=fact.ml,
        )

    def _tapped(self, purse: Purse, visit: Visit, script: Script) -> Purse:
        """The card as the customer takes it away."""
        now_s = time.time()
        stop = Stop(self._spec.device_id, visit.nozzle, now_s)
        return msgspec.structs.replace(
            purse,
            taps=purse.taps + 1,
            calm=0 if script.deed in NEEDS_SEQUEL else purse.calm + 1,
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
            tariff=self._world.scenario.tariff.version,
        )


def _acceptable(answer: LoadAnswer, card: str) -> Voucher | None:
    if answer.load is None or answer.card != card or not answer.amt:
        return None
    if not is_alive(answer.exp, datetime.now(UTC)):
        return None
    return Voucher(answer.load, answer.amt)
