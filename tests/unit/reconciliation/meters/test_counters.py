"""Lifetime counters tell of what no number shows, and are not believed where they cannot be."""

from datetime import timedelta

import pytest

from tapline.reconciliation.meters.sightings import Totals
from tests.unit.reconciliation.meters.machine import START, found, later, pour, pours


def test_a_machine_whose_counters_agree_with_its_facts_has_nothing_found() -> None:
    assert not found(pours(1, 40))


def test_counters_may_count_a_torn_charge_or_leave_it_out() -> None:
    torn = pour(3, status="torn", ml=0)._replace(total_ml=1_500_000 + 3000)
    counted = [*pours(1, 2), torn, *later(pours(4, 6), ml=-1500)]
    left_out = [*pours(1, 2), *later([torn], n=-1, fen=-100)]
    left_out += later(pours(4, 6), n=-1, fen=-100, ml=-1500)

    assert not found(counted)
    assert not found(left_out)


def test_an_operation_that_was_counted_and_never_sent_is_found() -> None:
    findings = found([*pours(1, 5), *later(pours(6, 9), n=1, fen=300, ml=900)])

    mismatch = findings["D19", "dev:A:6"]
    assert mismatch.needs_person
    assert (mismatch.amount_fen, mismatch.facts["n_off"], mismatch.facts["fen_off"]) == (
        300,
        1,
        300,
    )


def test_what_is_still_missing_is_a_gap_and_no_mismatch() -> None:
    assert not found([*pours(1, 5), *pours(8, 12)])


def test_what_was_declared_lost_is_told_by_the_counters() -> None:
    findings = found([*pours(1, 5), *pours(8, 12)], lost=[(6, 7)])

    assert set(findings) == {("D19", "dev:A:8")}
    lost = findings["D19", "dev:A:8"]
    assert (lost.facts["n_off"], lost.amount_fen, lost.facts["lost"]) == (2, 200, 2)


def test_a_disputed_fact_leaves_the_counters_around_it_alone() -> None:
    facts = [*pours(1, 5), pour(6, is_sure=False, amt_fen=900), *pours(7, 9)]

    assert not found(facts)


@pytest.mark.parametrize("reading", [0, 3, 10**12])
@pytest.mark.parametrize("counter", ["total_n", "total_fen", "total_ml"])
def test_a_reading_that_cannot_be_is_ignored_and_nothing_else(counter: str, reading: int) -> None:
    facts = [*pours(1, 5), pour(6, **{counter: reading}), *pours(7, 12)]

    findings = found(facts)

    assert set(findings) == {("D28", "dev:A:6")}
    assert not findings["D28", "dev:A:6"].needs_person, "one bad reading is nobody's business"


def test_a_placeholder_is_found_as_soon_as_it_comes() -> None:
    assert set(found([*pours(1, 5), pour(6, total_ml=0)])) == {("D28", "dev:A:6")}


def test_a_placeholder_is_found_though_it_is_the_first_that_is_known_of_a_machine() -> None:
    first = pour(1, total_n=0, total_fen=0, total_ml=0)

    assert set(found([first, *pours(2, 5)])) == {("D28", "dev:A:1")}


def test_bad_readings_again_and_again_are_a_matter_for_people() -> None:
    facts = [pour(seq, total_ml=0) if seq in {4, 7, 8} else pour(seq) for seq in range(1, 13)]

    findings = found(facts)

    assert set(findings) == {("D28", f"dev:A:{seq}") for seq in (4, 7, 8)}
    assert all(one.needs_person for one in findings.values())


def test_counters_that_begin_anew_are_said_once() -> None:
    """A board was replaced: the new one counts from zero and is believed from then on."""
    facts = [*pours(1, 9), *later(pours(10, 30), n=-1009, fen=-100_900, ml=-1_513_500)]

    findings = found(facts)

    assert set(findings) == {("D28", "dev:A:10")}
    assert findings["D28", "dev:A:10"].facts["why"] == "restarted"


def test_a_pour_that_claims_the_lifetime_of_its_machine_is_no_gift_of_water() -> None:
    """Source: some firmwares send the odometer where the pour belongs."""
    facts = [*pours(1, 5), pour(6, ml=1_509_000), *pours(7, 9)]

    assert set(found(facts)) == {("D28", "dev:A:6")}


def test_operations_reported_and_never_sent_are_found_once_they_had_time_to_come() -> None:
    at = START + timedelta(hours=5)
    totals = Totals(n=1011, fen=101_150, ml=1_516_500, at=at, is_settled=True)

    findings = found(pours(1, 9), totals=totals)
    waiting = found(pours(1, 9), totals=totals._replace(is_settled=False))

    assert set(findings) == {("D19", "device:A")}
    assert findings["D19", "device:A"].amount_fen == 250
    assert not waiting
