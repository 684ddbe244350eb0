"""Whatever happens to a card that is given up, in any order: no fen is lost or paid twice."""

from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)

from tapline import payments, refunds
from tapline.cards import CardState
from tapline.cards.facts import FactIn
from tapline.payments import Payout, PayoutState, RefundStatus
from tapline.people import Role, Staff, create_staff
from tapline.refunds import Reason, Refund, RefundKind, RefundState
from tapline.uow import Database
from tests.integration.consequences import drain
from tests.integration.invariants.invariants import broken
from tests.integration.refunds.counter import CARD, NOON, Counter
from tests.stateful import Undone, try_to_break

OPENED_FEN = 10_000
DRY = {"ml": 0, "pulses": 0, "status": "no_flow"}
machines = st.sampled_from("AB")
mostly = st.sampled_from([True, True, True, True, False])


class Givings(Undone):
    """One card, its holder, two machines, a provider; `charged_fen` is what has reached us."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, NOON)
        self.counter = Counter(self.uow, balance_fen=OPENED_FEN)
        self.counter.paid_in(4000, days_ago=500)
        self.counter.paid_in(5000, days_ago=30)
        self.second: Staff = create_staff(
            self.uow, tenant_id="demo", login="cai", name="cai", role=Role.FINANCE
        )[0]
        self.unsent: dict[str, list[FactIn]] = {"A": [], "B": []}
        self.charged_fen = 0

    # The world.

    @rule(device=machines, amt_fen=st.integers(1, 3500), dry=st.booleans())
    def somebody_pours(self, device: str, amt_fen: int, dry: bool) -> None:
        changes = DRY if dry else {}
        self.unsent[device].append(self.counter.pours(device, amt_fen, **changes))

    @rule(device=machines)
    def a_machine_sends(self, device: str) -> None:
        facts, self.unsent[device] = self.unsent[device], []
        self.charged_fen += sum(fact.amt_fen for fact in facts)
        self.counter.arrives(*facts)

    @rule(device=machines)
    def a_machine_takes_the_list(self, device: str) -> None:
        self.counter.acknowledges(device)

    @rule(hours=st.sampled_from([1, 30, 73]))
    def time_passes(self, hours: int) -> None:
        self.counter.passes(hours=hours)

    # People.

    @precondition(lambda self: self.counter.card.state is CardState.ACTIVE)
    @rule(reason=st.sampled_from([Reason.MOVED, Reason.MACHINE_GONE]))
    def the_holder_gives_the_card_up(self, reason: Reason) -> None:
        self.counter.asks(reason=reason)

    @precondition(lambda self: self.in_state(RefundState.REVIEW))
    @rule(approve=mostly, data=st.data())
    def somebody_decides(self, approve: bool, data: st.DataObject) -> None:
        refund = data.draw(st.sampled_from(self.in_state(RefundState.REVIEW)))
        self.counter.decides(refund, approve=approve, role=Role.SUPERVISOR, reason="x")

    @precondition(lambda self: self.in_state(RefundState.WAITING, RefundState.REVIEW))
    @rule(stays=mostly)
    def the_holder_thinks_better_of_it(self, stays: bool) -> None:
        for refund in self.in_state(RefundState.WAITING, RefundState.REVIEW):
            if not stays and refund.reason in {Reason.MOVED, Reason.MACHINE_GONE}:
                refunds.withdraw(
                    self.counter.uow,
                    tenant_id="demo",
                    refund_id=refund.refund_id,
                    customer_id=self.counter.holder.customer_id,
                    actor="customer",
                )
                drain(self.counter.uow)

    # Money.

    @precondition(lambda self: self.legs_in(PayoutState.CREATED, PayoutState.PROCESSING))
    @rule(
        status=st.sampled_from(
            [RefundStatus.SUCCEEDED, RefundStatus.PROCESSING, RefundStatus.ABNORMAL]
        ),
        twice=st.booleans(),
    )
    def the_provider_answers(self, status: RefundStatus, twice: bool) -> None:
        leg = self.legs_in(PayoutState.CREATED, PayoutState.PROCESSING)[0]
        self.counter.ends(leg, status)
        if twice:
            self.counter.ends(leg, status)

    @precondition(lambda self: self.legs_in(PayoutState.ABNORMAL))
    @rule()
    def finance_transfers(self) -> None:
        leg, uow = self.legs_in(PayoutState.ABNORMAL)[0], self.counter.uow
        payments.pay_by_hand(
            uow,
            tenant_id="demo",
            payout_id=leg.payout_id,
            staff=self.counter.office[Role.FINANCE],
            payee="李敏",
            reference="ICBC-1",
        )
        payments.confirm_by_hand(
            uow, tenant_id="demo", payout_id=leg.payout_id, staff=self.second, confirm=True
        )
        drain(uow)

    @rule()
    def everything_is_said_again(self) -> None:
        for refund in self.claims:
            refunds.advance(self.counter.uow, tenant_id="demo", refund_id=refund.refund_id)
            refunds.on_payout(self.counter.uow, tenant_id="demo", subject=refund.subject)
        refunds.follow_cards(self.counter.uow, tenant_id="demo", card_nos=[CARD])
        self.counter.sweeps()

    # What must hold.

    @invariant()
    def the_books_are_whole(self) -> None:
        assert broken(self.uow) == []

    @invariant()
    def the_provider_paid_each_leg_once(self) -> None:
        for leg in self.legs:
            paid_fen = self.counter.provider.paid_back_fen(leg.out_refund_no)
            assert paid_fen == (leg.amount_fen if leg.state is PayoutState.SUCCEEDED else 0)

    @invariant()
    def every_fen_of_the_card_is_accounted_for(self) -> None:
        rows = refunds.export_refunds(self.counter.uow)
        taken_fen = sum(row.taken_fen for row in rows)
        corrected_fen = sum(one.posted_fen for one in self.reversals if one.automatic)
        worth_fen = OPENED_FEN - self.charged_fen + corrected_fen - taken_fen
        assert self.counter.money.balance_fen == worth_fen

    @invariant()
    def a_closed_card_ends_at_nil_or_somebody_decides_about_the_rest(self) -> None:
        if self.counter.card.state is CardState.CLOSED and self.counter.money.balance_fen:
            late = [one for one in self.claims if one.reason == Reason.AFTER_CLOSING]
            assert any(one.state in {RefundState.REVIEW, RefundState.REJECTED} for one in late)
            assert self.counter.money.balance_fen > 0

    @invariant()
    def nothing_is_held_but_for_a_claim(self) -> None:
        if self.counter.money.held_fen:
            assert self.counter.card.state is CardState.CLOSING

    @property
    def claims(self) -> list[Refund]:
        return [one for one in self._refunds() if one.kind is not RefundKind.TXN_REVERSAL]

    @property
    def reversals(self) -> list[Refund]:
        return [one for one in self._refunds() if one.kind is RefundKind.TXN_REVERSAL]

    @property
    def legs(self) -> list[Payout]:
        return [leg for refund in self.claims for leg in self.counter.legs(refund)]

    def in_state(self, *states: RefundState) -> list[Refund]:
        return [refund for refund in self._refunds() if refund.state in states]

    def legs_in(self, *states: PayoutState) -> list[Payout]:
        return [leg for leg in self.legs if leg.state in states]

    def _refunds(self) -> list[Refund]:
        found = refunds.listed(self.counter.uow, tenant_id="demo")
        return sorted(found, key=lambda one: one.refund_id)


def test_no_fen_is_lost_or_paid_twice_whatever_happens(database: Database) -> None:
    try_to_break(Givings, database, few=12, steps=30)
