"""Who decides a claim, where it stands by its money, and how it goes back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import ConflictError, DeniedError
from tapline.ids import new_id
from tapline.payments import Leg, Payment, Refundable
from tapline.people import Role
from tapline.policy import Policy
from tapline.refunds import RefundState, Tier
from tapline.refunds.claims import rules

ASKED = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
S = RefundState


def test_the_limit_of_agents_is_part_of_what_they_may_decide() -> None:
    assert rules.tier(Policy(), 30_000) is Tier.AGENT
    assert rules.tier(Policy(), 30_001) is Tier.SUPERVISOR


@pytest.mark.parametrize(
    ("role", "tier", "allowed"),
    [
        (Role.AGENT, Tier.AGENT, True),
        (Role.AGENT, Tier.SUPERVISOR, False),
        (Role.SUPERVISOR, Tier.SUPERVISOR, True),
        (Role.FINANCE, Tier.AGENT, False),
        (Role.ADMIN, Tier.AGENT, False),
        (Role.MANAGER, Tier.AGENT, False),
    ],
)
def test_a_role_decides_within_its_tier(role: Role, tier: Tier, allowed: bool) -> None:
    if allowed:
        rules.check_decider(role, tier, is_requester=False)
        return
    with pytest.raises(DeniedError):
        rules.check_decider(role, tier, is_requester=False)


def test_a_claim_goes_no_way_back() -> None:
    for over in (S.SETTLED, S.WITHDRAWN):
        for after in S:
            with pytest.raises(ConflictError):
                rules.check_step(over, after)
    with pytest.raises(ConflictError, match="is waiting: it cannot become approved"):
        rules.check_step(S.WAITING, S.APPROVED)


@pytest.mark.parametrize(
    ("set_aside", "arrived", "more", "state"),
    [
        (100, 0, False, S.EXECUTING),
        (100, 40, False, S.PARTIAL),
        (100, 100, True, S.PARTIAL),
        (100, 100, False, S.SETTLED),
        (0, 0, True, S.EXECUTING),
        (0, 0, False, S.SETTLED),
    ],
)
def test_where_a_claim_stands_follows_from_its_money(
    set_aside: int, arrived: int, more: bool, state: RefundState
) -> None:
    assert state is rules.by_money(set_aside_fen=set_aside, arrived_fen=arrived, more_to_come=more)


def test_beijing_gives_five_days_for_what_was_never_used() -> None:
    beijing = Policy(jurisdiction="CN-BJ", refund_unused_days=5)
    assert rules.due_at(beijing, ASKED, unused=True) == ASKED + timedelta(days=5)
    assert rules.due_at(beijing, ASKED, unused=False) == ASKED + timedelta(days=15)


def test_marks_of_the_clock_pass_in_order() -> None:
    due = ASKED + timedelta(days=10)
    marks = [rules.clock_mark(ASKED, due, ASKED + timedelta(days=day)) for day in range(12)]
    assert marks == [0, 0, 0, 0, 0, 50, 50, 50, 80, 90, 90, 90]


@given(amount=st.integers(0, 10_000), left=st.lists(st.integers(1, 3000), max_size=5))
def test_legs_make_up_the_amount_and_exceed_no_payment(amount: int, left: list[int]) -> None:
    payments = [Payment(payment_id=new_id()) for _ in left]
    found = [Refundable(*pair, None) for pair in zip(payments, left, strict=True)]
    legs = rules.allocate(amount, found)
    assert sum(leg.amount_fen for leg in legs) == amount
    assert all(leg.amount_fen > 0 for leg in legs)
    limits = {one.payment.payment_id: one.remaining_fen for one in found}
    routed = [(leg.payment_id, leg.amount_fen) for leg in legs if leg.payment_id]
    assert all(fen <= limits[payment_id] for payment_id, fen in routed)
    by_bank = [leg for leg in legs if leg.payment_id is None]
    assert by_bank == ([Leg(None, amount - sum(left))] if amount > sum(left) else [])
