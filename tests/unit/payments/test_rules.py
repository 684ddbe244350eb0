"""Answers of a provider may come in any order and any number: what they mean does not change."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.ledger import Account
from tapline.payments import Credit, PayoutState, RefundStatus, Trade, TradeStatus, Verdict, rules
from tapline.payments.payouts.model import ASKED_ABOUT
from tapline.payments.payouts.rules import next_state

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ACCOUNT = Account("order:1:unearned", "C", bounded=True)


def after(state: PayoutState, answers: Sequence[RefundStatus]) -> PayoutState:
    for answer in answers:
        state = next_state(state, answer)
    return state


@given(st.lists(st.sampled_from(RefundStatus)), st.lists(st.sampled_from(RefundStatus)))
def test_a_success_told_once_is_never_untold(
    before: list[RefundStatus], later: list[RefundStatus]
) -> None:
    answers = [*before, RefundStatus.SUCCEEDED, *later]

    assert after(PayoutState.SENT, answers) is PayoutState.SUCCEEDED


@given(st.lists(st.sampled_from(RefundStatus)))
def test_a_leg_counts_as_paid_only_when_the_provider_said_so(answers: list[RefundStatus]) -> None:
    state = after(PayoutState.SENT, answers)

    assert state.is_paid is (RefundStatus.SUCCEEDED in answers)


@given(st.sampled_from(PayoutState), st.sampled_from(RefundStatus))
def test_the_same_answer_again_changes_nothing(state: PayoutState, answer: RefundStatus) -> None:
    once = next_state(state, answer)

    assert next_state(once, answer) is once


@given(st.sampled_from(RefundStatus))
def test_what_finance_has_transferred_is_reopened_by_a_success_alone(answer: RefundStatus) -> None:
    for state in (PayoutState.BY_HAND, PayoutState.PAID_BY_HAND):
        expected = PayoutState.CONFLICT if answer is RefundStatus.SUCCEEDED else state
        assert next_state(state, answer) is expected


def test_only_a_provider_who_knows_nothing_is_asked_again_for_the_same_refund() -> None:
    sent_again = {
        state
        for state in PayoutState
        if next_state(state, RefundStatus.NOT_FOUND).value == "created"
    }

    assert sent_again == {PayoutState.CREATED, PayoutState.SENT, PayoutState.UNKNOWN}
    assert PayoutState.PROCESSING in ASKED_ABOUT


def paid(amount_fen: int = 5000, number: str | None = "T1") -> Trade:
    return Trade(
        out_trade_no="P1",
        status=TradeStatus.PAID,
        amount_fen=amount_fen,
        provider_trade_no=number,
        paid_at=NOON,
    )


@pytest.mark.parametrize(
    ("trade", "paid_as", "verdict"),
    [
        (paid(), None, Verdict.APPLIED),
        (paid(), "T1", Verdict.REPEATED),
        (paid(number="T2"), "T1", Verdict.SET_ASIDE),
        (paid(4999), None, Verdict.SET_ASIDE),
        (paid(number=None), None, Verdict.SET_ASIDE),
        (Trade(out_trade_no="P1", status=TradeStatus.UNPAID), None, Verdict.REPEATED),
    ],
)
def test_money_counts_once_in_the_amount_asked_for(
    trade: Trade, paid_as: str | None, verdict: Verdict
) -> None:
    judged = rules.judge_paid(amount_fen=5000, paid_as=paid_as, trade=trade)

    assert judged.verdict is verdict
    assert bool(judged.reason) is (verdict is Verdict.SET_ASIDE)


@given(st.integers(0, 500))
def test_questions_become_rarer_but_never_stop(queries: int) -> None:
    assert rules.pause(queries) <= rules.pause(queries + 1) <= timedelta(minutes=30)


@given(st.integers(0, 500), st.integers(0, 3600))
def test_the_last_question_comes_no_later_than_the_end(queries: int, left_s: int) -> None:
    end = NOON + timedelta(seconds=left_s)

    asked = rules.next_question(end, queries, NOON)

    assert asked > NOON
    assert asked <= end or left_s == 0


def test_credits_survive_being_stored() -> None:
    shares = [Credit(ACCOUNT, 3000), Credit(Account("deposit:bucket:1", "C", bounded=True), 5000)]

    assert rules.restored(rules.stored(shares, 8000)) == shares


@pytest.mark.parametrize("shares", [[], [Credit(ACCOUNT, 0)], [Credit(ACCOUNT, 4000)]])
def test_credits_that_are_not_the_amount_are_refused(shares: list[Credit]) -> None:
    with pytest.raises(InvalidError):
        rules.stored(shares, 3000)
