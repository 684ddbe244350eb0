"""Which entries are claimed when: each once, whatever the order of arrival and the periods."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.cards.issuers.breaks.rules import cost
from tapline.cards.issuers.receipts.rules import allocate
from tapline.cards.issuers.settlements import rules
from tapline.cards.issuers.settlements.model import LineKind
from tapline.ledger import StatementLine

FIRST = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


def entry(version: int, key: str, fen: int, *, day: int, seen: int) -> StatementLine:
    """An entry of `fen` (negative: a credit), of one day, recorded on another."""
    return StatementLine(
        journal_id=version,
        key=key,
        kind="pour",
        event_at=FIRST + timedelta(days=day),
        recorded_at=FIRST + timedelta(days=seen),
        code="issuer:zjut:due",
        unit="CNY.fen",
        side="D" if fen > 0 else "C",
        amount=abs(fen),
        pending=False,
        balance_after=0,
        version=version,
    )


def test_pours_and_corrections_are_lines_and_payments_are_not() -> None:
    pour = rules.claimable(entry(1, "dev:A:7", 100, day=0, seen=0))
    fix = rules.claimable(entry(2, "fix:A:7:1", -100, day=0, seen=0))
    undone = rules.claimable(entry(3, "restate:A:7:1:undo", -100, day=0, seen=0))
    paid = rules.claimable(entry(4, "issuer_paid:zjut:B1", -100, day=0, seen=0))

    assert pour is not None
    assert (pour.kind, pour.fact, pour.amount_fen) == (LineKind.POUR, ("A", 7), 100)
    assert fix is not None
    assert (fix.kind, fix.fact, fix.amount_fen) == (LineKind.CORRECTION, ("A", 7), -100)
    assert undone is not None
    assert undone.kind is LineKind.CORRECTION
    assert paid is None


def test_a_machine_whose_clock_runs_ahead_does_not_put_its_pours_off() -> None:
    line = rules.claimable(entry(1, "dev:A:7", 100, day=9000, seen=2))
    assert line is not None
    assert line.day == date(2026, 11, 3)


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["dev", "fix", "restate", "issuer_paid"]),
        st.integers(-500, 500).filter(bool),
        st.integers(0, 20),
        st.integers(0, 10),
    ),
    max_size=30,
)


@given(ENTRIES, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_every_line_is_claimed_once_whatever_the_periods(
    facts: list[tuple[str, int, int, int]], settled: list[tuple[int, int]]
) -> None:
    entries = [
        entry(at, f"{origin}:A:{at}:1", fen, day=day, seen=day + late)
        for at, (origin, fen, day, late) in enumerate(facts, start=1)
    ]
    claimed: list[rules.Claimable] = []
    through = 0
    for known, period in [*sorted(settled), (30, 9000)]:
        choice = rules.choose(
            [one for one in entries[:known] if one.version > through],
            claimed={one.key for one in claimed},
            period_to=date(2026, 11, 1) + timedelta(days=period),
            read_through=through,
        )
        claimed += choice.chosen
        through = choice.read_through

    lines = [line for one in entries if (line := rules.claimable(one))]
    assert sorted(one.key for one in claimed) == sorted(one.key for one in lines)
    assert rules.total(claimed) == rules.total(lines)
    assert through == len(entries)


def test_a_period_follows_the_one_before_or_is_settled_again() -> None:
    first = date(2026, 10, 12)
    assert rules.period_from(None, date(2026, 10, 31), first) == first
    assert rules.period_from(date(2026, 10, 31), date(2026, 11, 30), first) == date(2026, 11, 1)
    assert rules.period_from(date(2026, 11, 30), date(2026, 11, 30), first) == date(2026, 11, 30)
    assert rules.last_month_end(date(2026, 3, 5)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("total_fen", "commission_fen"), [(99_999, 1999), (0, 0), (-50, -1), (49, 0)]
)
def test_the_commission_is_rounded_towards_nothing(total_fen: int, commission_fen: int) -> None:
    assert rules.commission_fen(total_fen, 20) == commission_fen


def test_nobody_keeps_commission_on_what_he_does_not_pay() -> None:
    assert cost(10_000, 20) == (10_000, 200)
    assert cost(-10_000, 20) == (-10_000, -200)


@given(st.lists(st.integers(-1000, 1000), max_size=8), st.integers(0, 5000))
def test_money_is_allocated_to_the_fen_oldest_first(owed: list[int], received: int) -> None:
    paid, left = allocate(owed, received)

    assert sum(paid) + left == received
    for at, (part, fen) in enumerate(zip(paid, owed, strict=True)):
        assert part == fen or (0 <= part < fen and not any(max(0, one) for one in paid[at + 1 :]))
    assert left >= 0
