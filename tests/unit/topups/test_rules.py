"""Limits, bonus and shares."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.cards.campaigns import rules as bonus
from tapline.cards.campaigns.rules import Grant, Terms
from tapline.cards.enterprises import rules as shares
from tapline.cards.enterprises.model import Allotment
from tapline.cards.topups import rules
from tapline.errors import InvalidError
from tapline.policy import Policy

DAY = datetime(2026, 11, 22, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def terms(**changes: object) -> Terms:
    values: dict[str, object] = {
        "name": "充值有礼",
        "since": DAY,
        "until": DAY + timedelta(days=7),
        "paid_fen_min": 5000,
        "fixed_fen": 500,
        "customer_fen_max": 2000,
    }
    return Terms(**values | changes)  # type: ignore[arg-type]


def test_the_best_campaign_counts_alone() -> None:
    offers = [(ONE, terms()), (TWO, terms(fixed_fen=0, per_mille=200))]
    assert bonus.best(offers, paid_fen=5000, used_fen={}) == Grant(TWO, 1000)
    assert bonus.best(offers, paid_fen=4999, used_fen={}) is None
    assert bonus.best(offers, paid_fen=5000, used_fen={TWO: 1900}) == Grant(ONE, 500)


@given(paid_fen=st.integers(1, 10**7), used_fen=st.integers(0, 3000))
def test_no_customer_gets_more_than_the_cap(paid_fen: int, used_fen: int) -> None:
    grant = bonus.best([(ONE, terms(per_mille=300))], paid_fen=paid_fen, used_fen={ONE: used_fen})
    assert (grant.bonus_fen if grant else 0) + used_fen <= max(2000, used_fen)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": " "}, "name"),
        ({"until": DAY}, "ends after"),
        ({"fixed_fen": 0}, "promise"),
        ({"fixed_fen": -1, "per_mille": 5}, "promise"),
        ({"paid_fen_min": 0}, "least payment"),
        ({"per_mille": 1001}, "at most as much"),
        ({"fixed_fen": 5001}, "at most as much"),
        ({"customer_fen_max": 499}, "raise the cap"),
    ],
)
def test_terms_that_nobody_can_mean_are_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        bonus.check(terms(**changes))


def test_the_room_on_a_card_ends_at_the_law_the_policy_and_the_day() -> None:
    def fen_max(worth_fen: int, today: int = 0) -> int:
        return rules.room(Policy(), card_fen_max=100_000, worth_fen=worth_fen, today=today).fen_max

    assert fen_max(-500) == 100_000
    assert fen_max(99_000) == 1000
    assert fen_max(0, today=10) == 0
    assert rules.offered(Policy(), rules.Room(100, 9999)) == [2000, 5000]


def allotment(month: int, amount_fen: int, back_fen: int = 0, hour: int = 0) -> Allotment:
    return Allotment(
        month=date(2026, month, 1),
        amount_fen=amount_fen,
        taken_back_fen=back_fen,
        waits=True,
        at=DAY + timedelta(hours=hour),
    )


def test_a_member_gets_what_is_missing_of_the_month() -> None:
    given_so_far = [allotment(10, 5000), allotment(11, 2000), allotment(11, 1000, 400)]
    assert shares.due_fen(5000, given_so_far, date(2026, 11, 1)) == 2400
    assert shares.due_fen(2000, given_so_far, date(2026, 11, 1)) == 0


def test_what_a_machine_was_handed_can_not_be_taken_back() -> None:
    before, after = allotment(10, 5000, hour=1), allotment(11, 4000, hour=3)
    leased = DAY + timedelta(hours=2)
    assert shares.unwritten([after, before], []) == [before, after]
    assert shares.unwritten([after, before], [leased]) == [after]
    assert shares.unwritten([allotment(11, 4000, 4000, hour=3)], [leased]) == []
