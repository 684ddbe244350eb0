"""What a machine may give back by itself, and what follows from a changed target."""

from datetime import UTC, datetime

import pytest

from tapline.policy import Policy
from tapline.refunds.model import RefundState
from tapline.refunds.pours.rules import (
    NOTHING,
    Asked,
    Doubts,
    Obstacle,
    Others,
    Standing,
    Step,
    day_start,
    next_step,
    obstacle,
    unasked,
)

POLICY = Policy()
NOBODY_ELSE = Others(card_count=0, device_fen=0, day_fen=0)
GIVEN = Standing(RefundState.SETTLED, 100, 100, automatic=True)
WAITING = Standing(RefundState.REVIEW, 5000, 0, automatic=False)
APPROVED = Standing(RefundState.SETTLED, 5000, 5000, automatic=False)
REJECTED = Standing(RefundState.REJECTED, 5000, 0, automatic=False)


@pytest.mark.parametrize(
    ("assurance", "target_fen", "others", "expected"),
    [
        ("B", 3000, NOBODY_ELSE, None),
        ("A", 3000, NOBODY_ELSE, None),
        ("C", 100, NOBODY_ELSE, Obstacle.ASSURANCE),
        ("B", 3001, NOBODY_ELSE, Obstacle.POUR),
        ("B", 100, Others(card_count=2, device_fen=0, day_fen=0), None),
        ("B", 100, Others(card_count=3, device_fen=0, day_fen=0), Obstacle.CARD),
        ("B", 100, Others(card_count=0, device_fen=49_900, day_fen=49_900), None),
        ("B", 100, Others(card_count=0, device_fen=49_901, day_fen=49_901), Obstacle.DEVICE),
        ("B", 100, Others(card_count=0, device_fen=0, day_fen=499_901), Obstacle.DAY),
    ],
)
def test_policy_limits_what_a_machine_gives(
    assurance: str, target_fen: int, others: Others, expected: Obstacle | None
) -> None:
    assert obstacle(POLICY, Asked(assurance, "D01", target_fen), others, Doubts()) is expected


@pytest.mark.parametrize(
    ("standing", "target_fen", "forbidden", "expected"),
    [
        (NOTHING, 100, None, Step(GIVEN)),
        (NOTHING, 5000, Obstacle.POUR, Step(WAITING, Obstacle.POUR)),
        (GIVEN, 100, Obstacle.CARD, Step(GIVEN)),
        (GIVEN, 70, Obstacle.CARD, Step(Standing(RefundState.SETTLED, 70, 70, True))),
        (GIVEN, 0, None, Step(NOTHING)),
        (
            GIVEN,
            120,
            Obstacle.DEVICE,
            Step(Standing(RefundState.REVIEW, 120, 100, False), Obstacle.DEVICE),
        ),
        (WAITING, 5000, None, Step(WAITING)),
        (WAITING, 0, None, Step(NOTHING)),
        (APPROVED, 4000, None, Step(Standing(RefundState.SETTLED, 4000, 4000, False))),
        (
            APPROVED,
            6000,
            None,
            Step(Standing(RefundState.REVIEW, 6000, 5000, False), Obstacle.DECIDED),
        ),
        (REJECTED, 5000, None, Step(REJECTED)),
        (REJECTED, 4000, None, Step(REJECTED)),
        (REJECTED, 0, None, Step(REJECTED)),
        (
            REJECTED,
            6000,
            None,
            Step(Standing(RefundState.REVIEW, 6000, 0, False), Obstacle.DECIDED),
        ),
    ],
)
def test_a_changed_target_is_followed(
    standing: Standing, target_fen: int, forbidden: Obstacle | None, expected: Step
) -> None:
    assert next_step(standing, target_fen, forbidden) == expected
    assert next_step(expected.standing, target_fen, forbidden).standing == expected.standing


def test_a_breaker_comes_before_everything_else() -> None:
    much = Others(card_count=9, device_fen=10**6, day_fen=10**6)

    assert obstacle(POLICY, Asked("C", "D01", 9000), much, Doubts(breaker=True)) is Obstacle.BREAKER


def test_a_meter_that_drifts_is_not_believed_about_how_much_came() -> None:
    doubts = Doubts(drift=True)

    assert obstacle(POLICY, Asked("B", "D02", 100), NOBODY_ELSE, doubts) is Obstacle.METER
    assert obstacle(POLICY, Asked("B", "D01", 100), NOBODY_ELSE, doubts) is None


def test_what_only_a_breaker_held_is_decided_as_if_it_were_new() -> None:
    held = next_step(GIVEN, 250, Obstacle.BREAKER).standing

    assert held == Standing(RefundState.REVIEW, 250, 100, automatic=False)
    assert next_step(unasked(held), 250, None).standing == Standing(
        RefundState.SETTLED, 250, 250, automatic=True
    )


def test_a_business_day_begins_at_midnight_in_shanghai() -> None:
    late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    assert day_start(late).astimezone(UTC) == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
