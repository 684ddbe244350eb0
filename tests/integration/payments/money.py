"""One tenant and one provider who do their worst to each other."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import update

from tapline import clock, ledger, payments, people
from tapline.errors import ConflictError
from tapline.ledger import chart
from tapline.payments import (
    Leg,
    Payment,
    PaymentState,
    Payout,
    PayoutState,
    RefundStatus,
)
from tapline.people import Role, Staff
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.payments.conftest import NOON
from tests.integration.payments.provider import (
    FakeProvider,
    KilledError,
    KillingProvider,
    Mood,
    delivery,
)

UNEARNED = ledger.Account("order:1:unearned", "C", bounded=True)
ENDED = {RefundStatus.SUCCEEDED, RefundStatus.CLOSED}
_tenants = count(1)

pauses = st.sampled_from([0, 15, 61, 4000])
troubles = st.lists(st.sampled_from(Mood), max_size=3)
courses = st.sampled_from([one for one in RefundStatus if one is not RefundStatus.NOT_FOUND])


class Money(RuleBasedStateMachine):
    """One tenant and one provider who do their worst to each other."""

    paid = Bundle("paid")
    legs = Bundle("legs")
    letters = Bundle("letters")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._provider = KillingProvider()
        self._tenant_id = f"t{next(_tenants)}"
        self._decided_fen: dict[str, int] = {}
        self._given_up: set[str] = set()
        self._numbers = count(1)
        with database.transaction() as uow:
            factories.tenant(uow, self._tenant_id)
            self._staff = [self._member(uow, name) for name in ("one", "two")]

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            with self._database.transaction() as uow:  # nobody shall stumble over what is left
                uow.session.execute(update(Payment).values(state=PaymentState.CLOSED))
                uow.session.execute(update(Payout).values(state=PayoutState.CLOSED))

    @initialize(target=legs)
    def two_refunds_are_under_way(self) -> Payout:
        payments_ = [self.a_customer_pays(10_000, told=True) for _ in range(2)]
        return multiple(*(self.a_refund_is_decided(one, [3]) for one in payments_))  # type: ignore[return-value]

    @rule(target=paid, amount_fen=st.integers(1, 10_000), told=st.booleans())
    def a_customer_pays(self, amount_fen: int, told: bool) -> Payment:
        with self._database.transaction() as uow:
            payment = payments.begin(
                uow,
                tenant_id=self._tenant_id,
                provider="wechat",
                subject=f"order:{next(self._numbers)}",
                amount_fen=amount_fen,
                credits=[payments.Credit(UNEARNED, amount_fen)],
                customer_id=None,
                expires_at=clock.now() + timedelta(minutes=30),
            )
        payments.checkout(
            self._database,
            self._gateways,
            tenant_id=self._tenant_id,
            payment_id=payment.payment_id,
            title="",
            return_url="",
        )
        self._provider.pays(payment.out_trade_no)
        letter = self._provider.letter(self._provider.trades[payment.out_trade_no])
        for _ in range(2 if told else 0):
            self.a_letter_arrives(letter)
        return payment

    @rule(target=legs, payment=paid, tenths=st.lists(st.integers(1, 6), min_size=1, max_size=3))
    def a_refund_is_decided(self, payment: Payment, tenths: list[int]) -> Payout:
        """More than was paid, before it was paid, more than is left: refused, and no harm done."""
        legs = [
            Leg(payment.payment_id, max(1, payment.amount_fen * tenth // 10)) for tenth in tenths
        ]
        wanted_fen = sum(leg.amount_fen for leg in legs)
        subject = f"refund:{next(self._numbers)}"
        known = self._known(payment)
        left_fen = payment.amount_fen - self._decided_fen.get(payment.out_trade_no, 0)
        if known.state is not PaymentState.PAID or wanted_fen > left_fen:
            with pytest.raises(ConflictError), self._database.transaction() as uow:
                payments.pay_out(uow, tenant_id=self._tenant_id, subject=subject, legs=legs)
            nothing: Payout = multiple()  # type: ignore[assignment]  # adds nothing
            return nothing
        made = [self._decide(subject, legs) for _ in range(2)]  # the request is retried
        assert [one.payout_id for one in made[0]] == [one.payout_id for one in made[1]]
        self._decided_fen[payment.out_trade_no] = payment.amount_fen - left_fen + wanted_fen
        return made[0][0]

    @rule(after_s=pauses, moods=troubles, killed=st.booleans())
    def what_waits_is_sent(self, after_s: int, moods: list[Mood], killed: bool) -> None:
        with self._later(after_s, moods, killed=killed), suppress(KilledError):
            payments.send_waiting(self._database, self._gateways)

    @rule(after_s=pauses, moods=troubles)
    def what_is_open_is_asked(self, after_s: int, moods: list[Mood]) -> None:
        with self._later(after_s, moods):
            payments.query_pending(self._database, self._gateways)

    @rule(target=letters, payout=legs, status=courses, told=st.booleans())
    def a_refund_takes_its_course(
        self, payout: Payout, status: RefundStatus, told: bool
    ) -> dict[str, object]:
        """An abnormal one may be made after all: somebody mended it on the provider's site."""
        number = payout.out_refund_no
        found = self._provider.refunds.get(number)
        if found is None:
            nothing: dict[str, object] = multiple()  # type: ignore[assignment]
            return nothing
        if found.status not in ENDED:
            self._provider.decides(number, status)
            if status is RefundStatus.ABNORMAL:
                self._given_up.add(number)
        letter = self._provider.letter(self._provider.refunds[number])
        if told:
            self.a_letter_arrives(letter)
        return letter

    @rule(letter=letters)
    def a_letter_arrives(self, letter: dict[str, object]) -> None:
        """At once, or long after what it says has been overtaken."""
        headers, body = delivery(f"N{letter['letter']}", letter)
        with self._database.transaction() as uow:
            payments.take_notice(
                uow,
                tenant_id=self._tenant_id,
                provider="wechat",
                headers=headers,
                body=body,
                gateway=self._provider,
            )

    @rule(payout=legs)
    def finance_transfers(self, payout: Payout) -> None:
        """Whoever tries it while the provider may still pay is refused."""
        may = self._leg(payout).state.needs_hand
        refused = nullcontext() if may else pytest.raises(ConflictError)
        with refused, self._database.transaction() as uow:
            payments.pay_by_hand(
                uow,
                tenant_id=self._tenant_id,
                payout_id=payout.payout_id,
                staff=self._staff[0],
                payee="王秀英",
                reference="ICBC-1",
            )

    @rule(payout=legs, made=st.booleans())
    def a_second_person_looks(self, payout: Payout, made: bool) -> None:
        leg = self._leg(payout)
        waits = leg.hand_recorded_at is not None and leg.hand_confirmed_at is None
        refused = nullcontext() if waits else pytest.raises(ConflictError)
        with refused, self._database.transaction() as uow:
            payments.confirm_by_hand(
                uow,
                tenant_id=self._tenant_id,
                payout_id=payout.payout_id,
                staff=self._staff[1],
                confirm=made,
                reason="looked at the statement",
            )

    @invariant()
    def nobody_is_paid_twice_and_the_books_hold_what_is_open(self) -> None:
        """Not even by hand, unless the provider took back his word that he could not pay."""
        legs = self._legs()
        with self._database.transaction() as uow:
            trial = ledger.trial(uow, tenant_id=self._tenant_id)
        by_number = {leg.out_refund_no: leg for leg in legs}
        for number, report in self._provider.refunds.items():
            assert report.amount_fen == by_number[number].amount_fen
            if self._provider.paid_back_fen(number) and by_number[number].hand_recorded_at:
                assert number in self._given_up
        held = {row.code: row.balance for row in trial}
        by_hand = [leg for leg in legs if leg.hand_confirmed_at]
        twice = [leg for leg in by_hand if leg.state is PayoutState.CONFLICT]
        assert held.get("refund_payable", 0) == _sum_fen(
            leg for leg in legs if not leg.state.is_paid
        )
        assert held.get("bank", 0) == -_sum_fen(by_hand)
        assert held.get("paid_twice", 0) == _sum_fen(twice)

    def _come_to_rest(self) -> None:
        """Everything ends: finance pays what the provider gave up, and then he pays it after all.

        What he took in and gave back is then our account of him.
        """
        for _ in range(4):
            self.what_waits_is_sent(200_000, [], killed=False)
            self.what_is_open_is_asked(200_000, [])
        for leg in self._legs()[::2]:
            self.a_refund_takes_its_course(leg, RefundStatus.ABNORMAL, told=True)
        for leg in self._legs():
            if leg.state.needs_hand:
                self.finance_transfers(leg)
                self.a_second_person_looks(leg, made=True)
        for number, report in self._provider.refunds.items():
            if report.status not in ENDED:
                self._provider.decides(number, RefundStatus.SUCCEEDED)
        for about in list(self._provider.refunds.values()):
            self.a_letter_arrives(self._provider.letter(about))
        self.nobody_is_paid_twice_and_the_books_hold_what_is_open()
        with self._database.transaction() as uow:
            held = {row.code: row.balance for row in ledger.trial(uow, tenant_id=self._tenant_id)}
            assert ledger.verify(uow, tenant_id=self._tenant_id).differences == ()
        assert held.get("psp:wechat", 0) == self._provider.bill_fen()

    @contextmanager
    def _later(self, after_s: int, moods: list[Mood], *, killed: bool = False) -> Iterator[None]:
        """Some time later, with a provider in these moods."""
        clock.advance(timedelta(seconds=after_s))
        self._provider.moods.extend(moods)
        self._provider.kills = killed
        yield
        self._provider.moods.clear()
        self._provider.kills = False

    def _decide(self, subject: str, legs: list[Leg]) -> list[Payout]:
        amount_fen = sum(leg.amount_fen for leg in legs)
        command = ledger.Command(
            key=f"approve:{subject}",
            kind="refund",
            event_at=NOON,
            movement=ledger.Transfer(UNEARNED, chart.REFUND_PAYABLE, amount_fen),
            content=str(amount_fen),
        )
        with self._database.transaction() as uow:
            ledger.post(uow, tenant_id=self._tenant_id, commands=[command])
            tenant_id = self._tenant_id
            return list(payments.pay_out(uow, tenant_id=tenant_id, subject=subject, legs=legs))

    def _member(self, uow: UnitOfWork, name: str) -> Staff:
        login = f"{name}-{self._tenant_id}"
        staff, _ = people.create_staff(
            uow,
            tenant_id=self._tenant_id,
            login=login,
            name=name,
            role=Role.FINANCE,
        )
        return staff

    @property
    def _gateways(self) -> dict[str, FakeProvider]:
        return {"wechat": self._provider}

    def _known(self, payment: Payment) -> Payment:
        with self._database.transaction() as uow:
            payment_id = payment.payment_id
            return payments.get(uow, tenant_id=self._tenant_id, payment_id=payment_id)

    def _legs(self) -> Sequence[Payout]:
        with self._database.transaction() as uow:
            return payments.in_states(
                uow, tenant_id=self._tenant_id, states=list(PayoutState), limit=10_000
            )

    def _leg(self, payout: Payout) -> Payout:
        with self._database.transaction() as uow:
            payout_id = payout.payout_id
            return payments.payout(uow, tenant_id=self._tenant_id, payout_id=payout_id)


def _sum_fen(legs: Iterable[Payout]) -> int:
    return sum(leg.amount_fen for leg in legs)
