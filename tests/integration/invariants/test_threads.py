"""Everybody at once: what real threads do to a real database ends as some order would have."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random
from threading import Event
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from tapline import cards, clock, ledger, reconciliation, refunds
from tapline.cards import authorisations, topups, vouchers
from tapline.cards.authorisations import Question
from tapline.cards.facts import FactIn, ingest
from tapline.cards.vouchers import Tap
from tapline.errors import ConflictError
from tapline.outbox import OutboxMessage, OutboxRepository
from tapline.people import Role
from tapline.refunds import RefundKind
from tapline.uow import Database, UnitOfWork
from tapline_ops.transact import transact
from tests.integration.consequences import HANDLERS
from tests.integration.invariants.ends import everything_ends, lies
from tests.integration.invariants.grounds import BEARER, HELD, KINDS, ONLINE, PHONE
from tests.integration.invariants.invariants import broken
from tests.integration.invariants.operators import Operator
from tests.integration.invariants.test_stories import MORNING
from tests.paying import money_arrives
from tests.rivals import side_by_side

How = ParamSpec("How")
Done = TypeVar("Done")
POURS, TOPUPS, HOLDS = 40, 3, 6


class Crowd:
    """Threads that share nothing but the database; each does its own work in its own order."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.operator = Operator(database, "demo", seed)
        self.facts: list[FactIn] = []
        self.asked: list[str] = []
        self._arrived = Event()
        self._prepares(Random(seed))

    def _prepares(self, rng: Random) -> None:
        """Water is drawn, people stand before the cashier, claims wait for a decision."""
        operator = self.operator
        for _ in range(POURS):
            card = operator.card(rng.choice(sorted(KINDS)))
            machine = rng.choice(operator.world.machines)
            if rng.random() < 0.1:
                operator.tears(card, machine, is_charged=rng.random() < 0.5)
            else:
                operator.pours(card, machine, 1, rng.choice((None, None, 0, 700)))
        for machine in operator.world.machines:
            self.facts += machine.kept
            machine.kept.clear()
        operator.sent += self.facts
        for _ in range(TOPUPS):
            for card_no in (HELD, ONLINE):
                operator.asks_to_pay(card_no, 2000)
        self.asked = [topup.subject for topup in operator.unpaid]
        operator.unpaid.clear()
        for card_no in (ONLINE, PHONE):
            operator.asks_back(card_no, RefundKind.CARD_PARTIAL, 500)

    def machine(self, seed: int) -> None:
        """Half of the facts, and some that the other thread has too, in any order and grouping."""
        rng = Random(seed)
        mine = [fact for n, fact in enumerate(self.facts) if n % 2 == seed or rng.random() < 0.2]
        facts = rng.sample(mine, len(mine))
        while facts:
            size = rng.randint(1, 8)
            batch, facts = facts[:size], facts[size:]
            self._do(ingest, tenant_id="demo", facts=batch)

    def cashier(self, seed: int) -> None:
        """Every notification, of which the other cashier tells as well."""
        for subject in Random(seed).sample(self.asked, len(self.asked)):
            self._do(money_arrives, subject, provider=self.operator.provider)

    def nozzle(self, seed: int) -> None:
        """Holds on one balance, the same questions as at the other nozzle; taps of one card."""
        rng = Random(seed)
        for req in rng.sample(range(HOLDS), HOLDS):
            machine = self.operator.world.machines[req % 2].name
            question = Question(machine, f"req-{req}", ONLINE, 900)
            tap = Tap(machine, f"tap-{req}", BEARER)
            self._do(authorisations.ask, tenant_id="demo", questions=[question])
            self._do(vouchers.ask, tenant_id="demo", taps=[tap])

    def desk(self, seed: int) -> None:
        """Two who decide about the same claims: the second is told that somebody has."""
        for role in (Role.SUPERVISOR, Role.FINANCE):
            staff = self.operator.house.office[role]
            for refund in self._do(refunds.review_queue, tenant_id="demo"):
                with suppress(ConflictError):
                    self._do(
                        refunds.decide,
                        tenant_id="demo",
                        refund_id=refund.refund_id,
                        approve=True,
                        amount_fen=refund.amount_fen,
                        version=refund.version,
                        staff=staff,
                        reason="ok",
                    )

    def clockwork(self, _: int) -> None:
        """The sweeps, the seals and the closes, until all has arrived."""
        sweeps: list[Callable[[UnitOfWork], object]] = [
            lambda uow: reconciliation.sweep_gaps(uow, tenant_id="demo"),
            lambda uow: reconciliation.sweep_cards(uow, tenant_id="demo"),
            lambda uow: reconciliation.sweep_debts(uow, tenant_id="demo"),
            lambda uow: cards.carry_all(uow, tenant_id="demo"),
            lambda uow: topups.lapse(uow, tenant_id="demo"),
            lambda uow: ledger.close_explained(uow, tenant_id="demo", actor="clock"),
            ledger.seal,
        ]
        done = False
        while not done:
            done = self._arrived.is_set()
            for sweep in sweeps:
                self._do(sweep)

    def worker(self, _: int) -> None:
        """Events, each in a transaction of its own, as long as any comes."""
        done = False
        while not done:
            done = self._arrived.is_set()
            while messages := self._do(_taken):
                for message in messages:
                    self._do(_handle, message)

    def all_at_once(self) -> list[BaseException]:
        """Two of each; what no retry could mend."""
        senders = [self.machine, self.machine, self.cashier, self.cashier]
        senders += [self.nozzle, self.nozzle, self.desk]
        followers = 2 * [self.worker, self.clockwork]

        def send() -> None:
            try:
                failures = side_by_side(*(partial(job, n) for n, job in enumerate(senders)))
            finally:
                self._arrived.set()
            if failures:
                raise BaseExceptionGroup("what was sent", failures)

        return side_by_side(send, *(partial(job, 0) for job in followers))

    def _do(
        self,
        work: Callable[Concatenate[UnitOfWork, How], Done],
        *args: How.args,
        **kwargs: How.kwargs,
    ) -> Done:
        """One transaction, again where it collides, as at every edge of the product."""
        return transact(self.database, lambda uow: work(uow, *args, **kwargs))


def _taken(uow: UnitOfWork) -> list[OutboxMessage]:
    outbox = OutboxRepository(uow.session)
    messages = list(outbox.take(10))
    outbox.mark_relayed(messages)
    return messages


def _handle(uow: UnitOfWork, message: OutboxMessage) -> None:
    if handler := HANDLERS.get(message.type):
        handler(uow, message.tenant_id, message.payload)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_threads_do_at_once_ends_as_some_order_would_have(
    fresh_database: Database, seed: int
) -> None:
    with clock.frozen(MORNING):
        crowd = Crowd(fresh_database, seed)
        failures = crowd.all_at_once()
        assert failures == []
        with fresh_database.transaction() as uow:
            assert broken(uow) == []
        everything_ends(crowd.operator)
        with fresh_database.transaction() as uow:
            assert broken(uow) == []
            assert lies(uow, crowd.operator) == []
