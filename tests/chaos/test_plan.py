"""The plan of a siege: the same for the same seed, and fair to everybody."""

from collections import Counter

from tests.chaos.plan import LINES, PROCESSES, SERVERS, SHORT, Kind, counts, plan


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan(7, 60, SHORT) == plan(7, 60, SHORT)
    assert plan(7, 60, SHORT) != plan(8, 60, SHORT)


def test_a_short_siege_kills_every_process_and_spoils_every_line() -> None:
    faults = plan(7, 60, SHORT)

    killed = {fault.target for fault in faults if fault.kind is Kind.KILL}
    assert killed >= {*PROCESSES, *SERVERS}
    for kind in (Kind.CUT, Kind.RESET, Kind.HALF_OPEN, Kind.LOSS, Kind.LATENCY, Kind.REORDER):
        assert {fault.target for fault in faults if fault.kind is kind} == set(LINES)


def test_a_long_siege_has_as_many_faults_as_were_asked_for_of_every_kind() -> None:
    faults = plan(7, 900, counts(1000))

    assert len(faults) >= 1000
    assert Counter(fault.kind for fault in faults).keys() == set(Kind)
    assert all(90 <= fault.at_s <= 810 for fault in faults)
    assert faults == sorted(faults, key=lambda fault: fault.at_s)


def test_nobody_is_hit_a_second_time_before_all_others_were_hit_once() -> None:
    kills = [fault.target for fault in plan(7, 900, counts(1000)) if fault.kind is Kind.KILL]
    victims = len(set(kills))

    for begin in range(0, len(kills) - victims, victims):
        assert len(set(kills[begin : begin + victims])) == victims
