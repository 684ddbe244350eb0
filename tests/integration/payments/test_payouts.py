"""Money that goes back: once, along the way it came, and true when the provider says so."""

from datetime import timedelta

import pytest

from tapline import clock, payments
from tapline.errors import ConflictError, NotFoundError
from tapline.payments import Leg, Obstacle, PayoutState, RefundStatus, Verdict
from tests.integration.payments.provider import FakeProvider, Mood
from tests.integration.payments.till import Till, later


def test_accepted_is_not_refunded_until_the_provider_says_so(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))

    till.sends()
    assert till.payout(payout).state is PayoutState.PROCESSING
    assert till.balances()["refund_payable"] == 2000

    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(payout)

    assert till.payout(payout).state is PayoutState.SUCCEEDED
    assert till.balances() == {"psp:wechat": 3000, "order:1:unearned": 3000}
    (ended,) = till.events("PayoutEnded")
    assert (ended["payout_id"], ended["subject"]) == (str(payout.payout_id), "refund:1")


def test_an_answer_that_got_lost_is_asked_for_and_pays_once(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.provider.moods.append(Mood.MUTE)

    till.sends()
    assert till.payout(payout).state is PayoutState.UNKNOWN
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    later(seconds=11)
    till.queries()

    assert till.payout(payout).state is PayoutState.SUCCEEDED
    assert till.payout(payout).attempts == 1
    assert till.balances()["psp:wechat"] == till.provider.bill_fen() == 3000


def test_what_never_arrived_is_sent_again_under_the_same_number(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.provider.moods.append(Mood.DEAF)
    till.sends()

    later(seconds=11)
    till.queries()  # he knows nothing of it
    later(seconds=31)
    till.sends()

    after = till.payout(payout)
    assert (after.state, after.attempts) == (PayoutState.PROCESSING, 2)
    assert list(till.provider.refunds) == [payout.out_refund_no]


def test_time_alone_never_ends_what_is_unknown(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.provider.moods.append(Mood.MUTE)
    till.sends()

    for _ in range(30):
        later(days=1)
        till.provider.moods.append(Mood.DEAF)
        till.queries()
        till.sends()

    assert till.payout(payout).state is PayoutState.UNKNOWN
    assert till.balances()["refund_payable"] == 2000


def test_a_process_that_died_in_the_call_leaves_a_question_and_no_second_refund(
    till: Till,
) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))

    class Killed(BaseException):
        """What a kill looks like from inside: no line after the call runs."""

    def die(*_: object) -> None:
        till.provider.refund = FakeProvider.refund.__get__(till.provider)  # type: ignore[method-assign]
        till.provider.refund(*_)  # type: ignore[arg-type]
        raise Killed

    till.provider.refund = die  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        till.sends()
    assert till.payout(payout).state is PayoutState.SENT
    assert till.sends() == till.queries() == 0  # perhaps it is still under way

    later(seconds=61)
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    till.queries()
    assert till.payout(payout).state is PayoutState.SUCCEEDED
    assert till.balances()["psp:wechat"] == till.provider.bill_fen() == 3000


def test_a_late_answer_leads_nowhere_back(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(payout)

    for stale in (RefundStatus.PROCESSING, RefundStatus.ABNORMAL, RefundStatus.CLOSED):
        till.provider.decides(payout.out_refund_no, stale)
        assert till.told_refund(payout, twist=stale.value) is Verdict.REPEATED

    assert till.payout(payout).state is PayoutState.SUCCEEDED
    assert len(till.events("PayoutEnded")) == 1


def test_the_same_decision_again_is_the_same_legs_and_may_only_grow(till: Till) -> None:
    payment = till.paid(5000)
    first = Leg(payment.payment_id, 2000)
    (payout,) = till.decided(first)

    def decide(*legs: Leg) -> list[object]:
        with till.database.transaction() as uow:
            found = payments.pay_out(uow, tenant_id="demo", subject="refund:1", legs=legs)
            return [one.out_refund_no for one in found]

    assert decide(first) == [payout.out_refund_no]
    with pytest.raises(ConflictError, match="decided otherwise"):
        decide(Leg(payment.payment_id, 2001))
    grown = decide(first, Leg(payment.payment_id, 500))
    assert grown[0] == payout.out_refund_no
    assert len(grown) == 2


def test_a_payment_never_gives_back_more_than_it_brought(till: Till) -> None:
    payment = till.paid(5000)
    till.decided(Leg(payment.payment_id, 3000))

    with till.database.transaction() as uow:
        (left,) = payments.refundable(uow, tenant_id="demo", subjects=["order:1"])
        with pytest.raises(ConflictError, match="2000 fen left"):
            payments.pay_out(
                uow, tenant_id="demo", subject="refund:2", legs=[Leg(payment.payment_id, 2001)]
            )
    assert left.remaining_fen == 2000


def test_the_newest_payment_is_offered_first(till: Till) -> None:
    older = till.paid(1000, "load:1")
    later(days=1)
    newer = till.paid(2000, "load:2")

    with till.database.transaction() as uow:
        found = payments.refundable(uow, tenant_id="demo", subjects=["load:1", "load:2"])

    assert [one.payment.payment_id for one in found] == [newer.payment_id, older.payment_id]


def test_two_refunds_of_one_order_keep_the_distance_that_the_provider_asks_for(
    till: Till,
) -> None:
    payment = till.paid(5000)
    till.decided(Leg(payment.payment_id, 1000), Leg(payment.payment_id, 500))

    assert till.sends() == 1
    later(seconds=30)
    assert till.sends() == 0
    later(seconds=31)
    assert till.sends() == 1


@pytest.mark.req("H391")
def test_a_payment_too_old_for_its_route_is_finances_turn_at_once(till: Till) -> None:
    payment = till.paid(5000)
    later(days=366)

    with till.database.transaction() as uow:
        (left,) = payments.refundable(uow, tenant_id="demo", subjects=["order:1"])
    (payout,) = till.decided(Leg(payment.payment_id, 2000))

    assert left.obstacle is Obstacle.TOO_OLD
    assert (payout.state, payout.error) == (PayoutState.ABNORMAL, "too_old")
    assert till.sends() == 0
    assert len(till.events("PayoutEnded")) == 1


def test_a_refund_without_any_payment_of_ours_goes_by_hand(till: Till) -> None:
    till.paid(5000)

    (payout,) = till.decided(Leg(None, 2000))

    assert (payout.state, payout.error) == (PayoutState.ABNORMAL, "no_payment")


def test_the_fifty_first_refund_of_an_order_goes_by_hand(till: Till) -> None:
    payment = till.paid(5100)

    legs = till.decided(*[Leg(payment.payment_id, 100)] * 51)

    assert [leg.state for leg in legs].count(PayoutState.CREATED) == 50
    assert legs[-1].error == "too_many"


def test_a_refusal_is_finances_turn_once_the_provider_says_he_has_nothing_of_it(
    till: Till,
) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.provider.moods.append(Mood.UNWILLING)

    till.sends()

    after = till.payout(payout)
    assert (after.state, after.error) == (PayoutState.ABNORMAL, "not allowed")


def test_a_refusal_of_what_he_took_at_the_first_try_is_no_end(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.provider.moods.extend([Mood.MUTE])
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    later(seconds=11)
    # The question gets lost in a proxy that says "no such refund"; then the order is refused.
    taken = till.provider.refunds.pop(payout.out_refund_no)
    till.queries()
    till.provider.refunds[payout.out_refund_no] = taken
    later(seconds=31)
    till.provider.moods.append(Mood.UNWILLING)
    till.sends()

    assert till.payout(payout).state is PayoutState.SUCCEEDED
    assert till.balances()["psp:wechat"] == till.provider.bill_fen() == 3000


def test_an_amount_that_is_not_the_decided_one_is_set_aside(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)

    assert till.told_refund(payout, amount_fen=1999) is Verdict.SET_ASIDE
    assert till.payout(payout).state is PayoutState.PROCESSING
    assert till.balances()["refund_payable"] == 2000


def test_each_leg_has_a_history_that_says_who_and_why(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.CLOSED)
    till.told_refund(payout)

    with till.database.transaction() as uow:
        steps = payments.payout_steps(uow, tenant_id="demo", payout_id=payout.payout_id)
    assert [(step.state.value, step.actor) for step in steps] == [
        ("created", "system"),
        ("sent", "system"),
        ("processing", "wechat"),
        ("closed", "wechat"),
    ]


def test_another_tenant_neither_sees_nor_spends_what_is_ours(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 1000))

    with till.database.transaction() as uow:
        assert payments.refundable(uow, tenant_id="other", subjects=["order:1"]) == []
        assert payments.payouts_of(uow, tenant_id="other", subject="refund:1") == []
        with pytest.raises(NotFoundError):
            payments.payout(uow, tenant_id="other", payout_id=payout.payout_id)
        with pytest.raises(ConflictError, match="is not paid"):
            payments.pay_out(
                uow, tenant_id="other", subject="r", legs=[Leg(payment.payment_id, 100)]
            )


def test_a_provider_that_is_not_configured_leaves_everything_waiting(till: Till) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))

    assert payments.send_waiting(till.database, {}) == 0
    later(days=2)
    assert payments.query_pending(till.database, {}) == 0

    assert till.payout(payout).state is PayoutState.CREATED
    assert clock.now() - payout.created_at == timedelta(days=2)
