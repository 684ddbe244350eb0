"""A clock that contradicts the order of facts, or ours, is not believed; the order tells."""

from datetime import UTC, datetime, timedelta

from tapline.reconciliation.meters.clocks import moments
from tests.unit.reconciliation.meters.machine import START, found, pour, pours


def test_a_clock_that_jumped_back_is_found_and_the_order_tells_when_it_was() -> None:
    facts = [*pours(1, 9), pour(10, moment=START - timedelta(days=3)), *pours(11, 20)]

    findings = found(facts)

    assert set(findings) == {("D20", "dev:A:10")}
    assert findings["D20", "dev:A:10"].facts["why"] == "order"
    assert moments(facts)[9] == START + timedelta(minutes=100)


def test_a_clock_that_was_never_set_is_found_as_one_run() -> None:
    unset = [pour(seq, moment=datetime(1970, 1, 1, tzinfo=UTC), clk="none") for seq in (4, 5, 6)]

    findings = found([*pours(1, 3), *unset, *pours(7, 9)])

    assert set(findings) == {("D20", "dev:A:4")}
    assert findings["D20", "dev:A:4"].facts["to"] == 6
    assert not findings["D20", "dev:A:4"].needs_person


def test_a_day_without_a_clock_is_for_a_person() -> None:
    unset = [pour(seq, moment=None, clk="none") for seq in range(4, 160)]

    findings = found([*pours(1, 3), *unset])

    assert findings["D20", "dev:A:4"].needs_person


def test_the_future_is_not_believed() -> None:
    findings = found([*pours(1, 3), pour(4, moment=START + timedelta(days=400))])

    assert findings["D20", "dev:A:4"].facts["why"] == "ahead"


def test_what_comes_late_is_not_a_wrong_clock() -> None:
    late = pour(4, received_at=START + timedelta(days=5))

    assert not found([*pours(1, 3), late, *pours(5, 9)])


def test_facts_that_all_come_late_by_the_same_were_not_late() -> None:
    slow = [pour(seq, moment=START + timedelta(minutes=10 * seq, hours=-2)) for seq in range(1, 6)]

    findings = found(slow)

    assert set(findings) == {("D20", "dev:A:1")}
    assert findings["D20", "dev:A:1"].facts["why"] == "behind"


def test_a_clock_that_is_set_right_may_step_back_a_little() -> None:
    facts = [*pours(1, 3), pour(4, moment=START + timedelta(minutes=30, seconds=-40)), *pours(5, 9)]

    assert not found(facts)
