"""Water that nobody paid for: said of the pour, and a case when it is much of a day."""

from tests.unit.reconciliation.meters.machine import found, later, pour, pours


def test_what_runs_while_a_valve_closes_is_no_gift() -> None:
    facts = [*pours(1, 5), *later([pour(6, ml=1650)], ml=150), *later(pours(7, 9), ml=150)]

    assert not found(facts)


def test_a_pour_that_did_not_stop_is_found_and_costs_the_customer_nothing() -> None:
    facts = [*pours(1, 5), *later([pour(6, ml=2400)], ml=900), *later(pours(7, 40), ml=900)]

    findings = found(facts)

    assert set(findings) == {("D03", "dev:A:6")}
    over = findings["D03", "dev:A:6"]
    assert (over.facts["over_ml"], over.amount_fen, over.needs_person) == (900, 60, False)


def test_water_that_ran_without_an_operation_is_found() -> None:
    findings = found([*pours(1, 30), *later(pours(31, 60), ml=600)])

    assert set(findings) == {("D03", "dev:A:31")}
    assert findings["D03", "dev:A:31"].facts["free_ml"] == 600


def test_much_of_a_days_water_given_away_is_a_case() -> None:
    findings = found([*pours(1, 30), *later(pours(31, 60), ml=9000)])

    assert set(findings) == {("D03", "dev:A:31"), ("D03", "device:A:2026-11-21")}
    of_day = findings["D03", "device:A:2026-11-21"]
    assert of_day.needs_person
    assert (of_day.facts["free_ml"], of_day.facts["total_ml"]) == (9000, 60 * 1500 + 9000)
