"""Whatever happens to the money of two operators, in whatever order: the invariants hold.

Machines, people, a provider and the clock act at random; at the end all that is still on its way
arrives, and an auditor who knows what really happened goes through the books.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tapline import clock, ledger, reconciliation
from tapline.payments import RefundStatus
from tapline.refunds import RefundKind
from tapline.uow import Database
from tests.integration.invariants.ends import everything_ends, lies
from tests.integration.invariants.grounds import HELD, KINDS, ONLINE, PHONE
from tests.integration.invariants.invariants import broken
from tests.integration.invariants.operators import Operator
from tests.integration.year.world import Machine, Plastic
from tests.stateful import Savepoints, Undone, try_to_break

MORNING = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TENANTS = ("demo", "nord")

tenants = st.sampled_from(TENANTS)
cards = st.sampled_from(sorted(KINDS))
holders = st.sampled_from([HELD, ONLINE, PHONE])
seeds = st.integers(0, 2**16)
which = st.integers(0, 1)
mostly = st.sampled_from([True, True, True, False])


class Stories(Undone):
    """Two operators with cards of the same numbers: neither knows of the other."""

    def __init__(self, founded: Mapping[str, Operator], database: Database) -> None:
        super().__init__(database, MORNING)
        together = Savepoints(self.uow)
        self.operators = {name: one.over(together) for name, one in founded.items()}
        self.acting = TENANTS[0]
        self.before = {name: self._books(name) for name in TENANTS}

    def teardown(self) -> None:
        try:
            for operator in self.operators.values():
                everything_ends(operator)
            assert broken(self.uow) == []
            for operator in self.operators.values():
                assert lies(self.uow, operator) == []
        finally:
            super().teardown()

    # Machines.

    @rule(
        tenant=tenants,
        card_no=cards,
        which=which,
        cups=st.integers(1, 3),
        came_ml=st.sampled_from([None, None, 0, 700]),
        is_told=mostly,
    )
    def water_is_drawn(
        self, tenant: str, card_no: str, which: int, cups: int, came_ml: int | None, is_told: bool
    ) -> None:
        operator, card, machine = self._at(tenant, card_no, which)
        operator.pours(card, machine, cups, came_ml, is_told=is_told)

    @rule(tenant=tenants, card_no=cards, which=which, is_charged=st.booleans())
    def the_power_fails(self, tenant: str, card_no: str, which: int, is_charged: bool) -> None:
        operator, card, machine = self._at(tenant, card_no, which)
        operator.tears(card, machine, is_charged=is_charged)

    @rule(tenant=tenants, which=which, seed=seeds)
    def a_machine_sends(self, tenant: str, which: int, seed: int) -> None:
        operator = self._operator(tenant)
        operator.sends(operator.world.machines[which], Random(seed))

    @rule(tenant=tenants, card_no=cards, which=which)
    def a_card_is_tapped(self, tenant: str, card_no: str, which: int) -> None:
        operator, card, machine = self._at(tenant, card_no, which)
        operator.is_tapped(card, machine)

    @precondition(lambda self: any(one.leases for one in self.operators.values()))
    @rule(is_written=mostly)
    def a_lease_ends(self, is_written: bool) -> None:
        for name, operator in self.operators.items():
            if operator.leases:
                self._operator(name)
                (operator.writes if is_written else operator.lets_lapse)(operator.leases[0])
                return

    # Money.

    @rule(tenant=tenants, card_no=holders, fen=st.integers(100, 9000), pays=mostly)
    def a_customer_tops_up(self, tenant: str, card_no: str, fen: int, pays: bool) -> None:
        operator = self._operator(tenant)
        operator.asks_to_pay(card_no, fen)
        if pays and operator.unpaid:
            operator.money_comes(operator.unpaid[0])

    @rule(tenant=tenants, card_no=cards, fen=st.integers(100, 9000))
    def cash_is_taken(self, tenant: str, card_no: str, fen: int) -> None:
        self._operator(tenant).takes_cash(card_no, fen)

    @rule(tenant=tenants, missing_fen=st.sampled_from([0, 0, 100]))
    def the_till_is_counted(self, tenant: str, missing_fen: int) -> None:
        self._operator(tenant).counts_the_till(missing_fen)

    @rule(tenant=tenants, card_no=cards, fen=st.integers(1, 900), takes_back=st.booleans())
    def somebody_posts_by_hand(self, tenant: str, card_no: str, fen: int, takes_back: bool) -> None:
        operator = self._operator(tenant)
        operator.adjusts(card_no, fen)
        if takes_back and operator.adjusted:
            operator.takes_back_the_last()

    @rule(
        tenant=tenants,
        card_no=holders,
        kind=st.sampled_from(
            [RefundKind.CARD_PARTIAL, RefundKind.LOAD_CANCEL, RefundKind.CARD_CLOSE]
        ),
        fen=st.none() | st.integers(1, 4000),
    )
    def a_customer_wants_money_back(
        self, tenant: str, card_no: str, kind: RefundKind, fen: int | None
    ) -> None:
        self._operator(tenant).asks_back(card_no, kind, fen)

    @rule(tenant=tenants, approve=mostly)
    def somebody_decides(self, tenant: str, approve: bool) -> None:
        self._operator(tenant).decides(approve=approve)

    @rule(
        tenant=tenants,
        status=st.sampled_from([RefundStatus.SUCCEEDED, RefundStatus.PROCESSING]),
        times=st.integers(1, 2),
        seed=seeds,
    )
    def the_provider_answers(
        self, tenant: str, status: RefundStatus, times: int, seed: int
    ) -> None:
        operator = self._operator(tenant)
        if waiting := operator.payouts():
            operator.provider_ends(Random(seed).choice(waiting), status, times)

    # People and the clock.

    @rule(tenant=tenants, card_no=holders, then=st.sampled_from(["lost", "found", "replaced"]))
    def a_card_is_lost(self, tenant: str, card_no: str, then: str) -> None:
        operator = self._operator(tenant)
        operator.loses(card_no)
        if then == "found":
            operator.finds(card_no)
        if then == "replaced":
            operator.replaces(card_no)

    @rule(hours=st.integers(1, 5))
    def time_passes(self, hours: int) -> None:
        """Never so long that anybody gives up waiting for a machine."""
        clock.advance(timedelta(hours=hours))

    @rule(tenant=tenants)
    def it_is_evening(self, tenant: str) -> None:
        self._operator(tenant).evening_comes()

    @rule(tenant=tenants, seed=seeds)
    def everything_is_said_again(self, tenant: str, seed: int) -> None:
        operator = self._operator(tenant)
        before = self._books(tenant)
        operator.says_everything_again(Random(seed))
        assert self._books(tenant) == before

    # What must hold.

    @invariant()
    def the_books_are_whole(self) -> None:
        assert broken(self.uow) == []

    @invariant()
    def the_provider_holds_what_we_say_it_holds(self) -> None:
        for name, operator in self.operators.items():
            held = {row.code: row.balance for row in ledger.trial(self.uow, tenant_id=name)}
            assert held.get("psp:wechat", 0) == operator.provider.bill_fen()

    @invariant()
    def what_one_does_is_nothing_to_the_other(self) -> None:
        for name in TENANTS:
            books = self._books(name)
            assert name == self.acting or books == self.before[name]
            self.before[name] = books

    def _operator(self, tenant: str) -> Operator:
        self.acting = tenant
        return self.operators[tenant]

    def _at(self, tenant: str, card_no: str, which: int) -> tuple[Operator, Plastic, Machine]:
        """An operator, the card that now has this one's place, one of his machines."""
        operator = self._operator(tenant)
        return operator, operator.card_in_use(card_no), operator.world.machines[which]

    def _books(self, tenant: str) -> Sequence[object]:
        found = reconciliation.listed(self.uow, tenant_id=tenant, limit=10_000)
        return (
            ledger.trial(self.uow, tenant_id=tenant),
            sorted((one.code, one.subject) for one in found if one.code != "D04"),
        )


def test_whatever_happens_every_fen_is_explained(fresh_database: Database) -> None:
    with clock.frozen(MORNING):
        founded = {name: Operator(fresh_database, name, seed=1) for name in TENANTS}
    try_to_break(partial(Stories, founded), fresh_database, few=6, steps=25)


def test_a_torn_debit_of_a_card_that_is_never_seen_again_is_not_its_holders(
    fresh_database: Database,
) -> None:
    with clock.frozen(MORNING):
        founded = {name: Operator(fresh_database, name, seed=1) for name in TENANTS}
    story = Stories(founded, fresh_database)
    story.the_power_fails(card_no=HELD, is_charged=True, tenant="nord", which=1)
    story.a_customer_wants_money_back(
        card_no=HELD, fen=None, kind=RefundKind.CARD_CLOSE, tenant="nord"
    )
    story.a_customer_tops_up(card_no=HELD, fen=1885, pays=True, tenant="nord")
    story.teardown()
