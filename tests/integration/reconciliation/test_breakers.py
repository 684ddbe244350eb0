"""A firmware that sees no water anywhere does not print money."""

import threading
from dataclasses import replace
from functools import partial

import pytest

from tapline import audit, reconciliation, refunds, reports, tickets
from tapline.cards.facts import FactIn, ingest
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role
from tapline.reconciliation import Resolution, breakers
from tapline.reconciliation.breakers import Breaker
from tapline.refunds import RefundState
from tapline.uow import Database, UnitOfWork
from tapline_ops.doctor.stops import stops
from tests import factories
from tests.integration.consequences import drain
from tests.integration.reconciliation.fleet import OPENED_FEN, Fleet, member, publish

ENOUGH = 20


@pytest.fixture
def fleet(uow: UnitOfWork) -> Fleet:
    """Forty machines whose new firmware reads no flow; every pour was whole."""
    factories.tenant(uow)
    return Fleet(uow, 40)


@pytest.fixture
def small(uow: UnitOfWork) -> Fleet:
    factories.tenant(uow)
    publish(uow, breaker_corrections_min=3)
    return Fleet(uow, 6)


def standing(uow: UnitOfWork) -> Breaker:
    (breaker,) = breakers.standing(uow, tenant_id="demo")
    return breaker


def reset(uow: UnitOfWork, *, staff: Role = Role.SUPERVISOR, reason: str = "查过了") -> None:
    breakers.reset(
        uow,
        tenant_id="demo",
        breaker_id=standing(uow).breaker_id,
        staff=member(uow, staff, f"{staff.value}.x"),
        reason=reason,
    )
    drain(uow)


@pytest.mark.req("C1")
def test_a_false_sensor_on_forty_machines_is_stopped_at_the_twentieth_pour(fleet: Fleet) -> None:
    for n in range(ENOUGH + 1):
        fleet.pours_dry(n)
    fleet.pours_dry(*range(ENOUGH + 1, 40))

    assert fleet.got_back() == list(range(ENOUGH - 1))
    breaker = standing(fleet.uow)
    assert (breaker.key, breaker.figures["corrections"]) == ("RO-50 2.4.1", ENOUGH)
    held = refunds.waiting(fleet.uow, tenant_id="demo", breaker=breaker)
    assert [one.device_id for one in held] == [fleet.machine(n) for n in range(ENOUGH - 1, 40)]


def test_what_waits_is_found_all_the_same_and_has_one_case(small: Fleet) -> None:
    for n in range(6):
        small.pours_dry(n)

    found = reconciliation.listed(small.uow, tenant_id="demo", codes=["D01"])
    assert len(found) == 6
    waiting = [one for one in found if one.resolution is Resolution.TICKET]
    assert len(waiting) == 4
    (ticket,) = tickets.listed(small.uow, tenant_id="demo")
    assert (ticket.category, ticket.facts["of"]) == ("money_stopped", "RO-50 2.4.1")


def test_another_firmware_goes_on(small: Fleet) -> None:
    for n in range(6):
        small.pours_dry(n)
    factories.device(small.uow, "OTHER")
    factories.card(small.uow, "99990001")

    dry = factories.fact("OTHER", 1, "99990001", atc=1, before_fen=10_000, ml=0, pulses=0)
    arrive(small.uow, dry)

    refund = refunds.of_pour(small.uow, tenant_id="demo", device_id="OTHER", seq=1)
    assert refund is not None
    assert refund.state is RefundState.SETTLED


def test_an_update_between_pour_and_correction_does_not_blame_the_new_firmware(
    small: Fleet,
) -> None:
    uow = small.uow
    dry = [small.dry(n) for n in range(5)]
    for n in range(6):
        small.starts(n, "2.5.0")
    for fact in dry:
        arrive(uow, fact)

    breaker = standing(uow)
    assert breaker.key == "RO-50 2.4.1"
    assert breakers.machines(uow, tenant_id="demo", breaker=breaker) == [], "nobody runs it now"
    held = refunds.waiting(uow, tenant_id="demo", breaker=breaker)
    assert [one.device_id for one in held] == [small.machine(n) for n in (2, 3, 4)]

    small.pours_dry(5)

    assert small.got_back() == [0, 1, 5], "the new one has done nothing wrong so far"
    reset(uow)
    assert small.got_back() == list(range(6))


def test_a_machine_that_goes_back_is_not_excused_by_what_it_poured_well_meanwhile(
    small: Fleet,
) -> None:
    for n in range(6):
        small.starts(n, "2.5.0")
    for n in range(3):
        small.pours_dry(n)
        small.starts(n, "2.4.1")
    for n in range(3, 6):
        small.pours_dry(n)

    assert standing(small.uow).key == "RO-50 2.5.0"
    assert small.got_back() == [0, 1]


def test_a_pour_older_than_the_first_known_firmware_counts_as_that_one(small: Fleet) -> None:
    for n in range(6):
        small.starts(n, "2.4.1")
    for n in range(6):
        arrive(small.uow, replace(small.dry(n), boot=0))

    assert standing(small.uow).key == "RO-50 2.4.1"


def arrive(uow: UnitOfWork, fact: FactIn) -> None:
    ingest(uow, tenant_id="demo", facts=[fact])
    drain(uow)


def test_a_reset_gives_back_what_waited_within_the_limits(small: Fleet) -> None:
    for n in range(6):
        small.pours_dry(n)
    publish(small.uow, breaker_corrections_min=3, automatic_day_fen_max=400)

    reset(small.uow)

    assert small.got_back() == [0, 1, 2, 3], "oldest first, and no more than a day may cost"
    assert not breakers.standing(small.uow, tenant_id="demo")
    assert not refunds.waiting(
        small.uow, tenant_id="demo", breaker=breakers.history(small.uow, tenant_id="demo")[0]
    )
    later = [small.refund(n) for n in (4, 5)]
    assert [(one.state, one.reason) for one in later] == [(RefundState.REVIEW, "day")] * 2


def test_what_came_before_a_reset_does_not_trip_it_again(small: Fleet) -> None:
    for n in range(4):
        small.pours_dry(n)
    reset(small.uow)

    small.pours_dry(4)
    assert 4 in small.got_back()
    small.pours_dry(5)
    small.pours_dry(5)
    assert standing(small.uow).figures["corrections"] == 3


def test_a_reset_is_a_supervisors_with_a_reason_and_on_record(small: Fleet) -> None:
    for n in range(4):
        small.pours_dry(n)
    breaker = standing(small.uow)

    with pytest.raises(DeniedError, match="supervisor or finance"):
        reset(small.uow, staff=Role.AGENT)
    with pytest.raises(InvalidError, match="say what you found"):
        reset(small.uow, reason="  ")
    reset(small.uow, staff=Role.FINANCE, reason="水压正常，固件误报")

    (entry,) = audit.about(small.uow, tenant_id="demo", subject=breaker.subject)
    assert (entry.action, entry.reason) == ("breaker.reset", "水压正常，固件误报")
    with pytest.raises(ConflictError, match="already"):
        breakers.reset(
            small.uow,
            tenant_id="demo",
            breaker_id=breaker.breaker_id,
            staff=member(small.uow, Role.SUPERVISOR),
            reason="again",
        )


def test_a_person_may_decide_one_that_waits_and_a_reset_leaves_it(small: Fleet) -> None:
    for n in range(4):
        small.pours_dry(n)
    held = refunds.waiting(small.uow, tenant_id="demo", breaker=standing(small.uow))

    refunds.decide(
        small.uow,
        tenant_id="demo",
        refund_id=held[0].refund_id,
        approve=False,
        amount_fen=100,
        staff=member(small.uow, Role.SUPERVISOR, "decider"),
        reason="现场有水",
    )
    reset(small.uow)

    assert held[0].state is RefundState.REJECTED
    assert small.got_back() == [0, 1, 3, 4, 5]


def test_doctor_and_the_wall_board_say_that_it_stands(small: Fleet) -> None:
    for n in range(4):
        small.pours_dry(n)

    (line,) = stops(small.uow)

    assert "automatic money is stopped for RO-50 2.4.1" in line
    assert "2 pours wait" in line
    assert reports.board(small.uow, tenant_id="demo").breakers == 1


def test_telling_it_again_while_it_waits_changes_nothing(small: Fleet) -> None:
    for n in range(4):
        small.pours_dry(n)
    held = refunds.waiting(small.uow, tenant_id="demo", breaker=standing(small.uow))[0]
    assert held.device_id is not None
    steps = partial(refunds.timeline, small.uow, tenant_id="demo", refund_id=held.refund_id)
    before = len(steps())

    refunds.settle_pour(small.uow, tenant_id="demo", device_id=held.device_id, seq=1)

    assert len(steps()) == before


def settled_at_once(database: Database, fleet: Fleet, count: int) -> None:
    """As many workers as pours, all in the same moment."""
    failures: list[Exception] = []

    def settle(n: int) -> None:
        try:
            with database.transaction() as uow:
                refunds.settle_pour(uow, tenant_id="demo", device_id=fleet.machine(n), seq=1)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=settle, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_workers_in_each_others_way_stop_at_the_same_pour(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        publish(uow, breaker_corrections_min=8)
        fleet = Fleet(uow, 8)
    for n in range(8):
        with fresh_database.transaction() as uow:
            fleet.uow = uow
            fact = fleet.dry(n)
            ingest(uow, tenant_id="demo", facts=[fact])
            reconciliation.reconcile_cards(uow, tenant_id="demo", cards=[fleet.card(n)])

    settled_at_once(fresh_database, fleet, 8)

    with fresh_database.transaction() as uow:
        fleet.uow = uow
        assert fleet.got_back() == [], "all were known before the first was settled"
        assert len(breakers.standing(uow, tenant_id="demo")) == 1


def test_a_days_total_holds_whoever_settles(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        publish(uow, automatic_day_fen_max=250)
        fleet = Fleet(uow, 6)
        ingest(uow, tenant_id="demo", facts=[fleet.dry(n) for n in range(6)])
        names = [fleet.card(n) for n in range(6)]
        reconciliation.reconcile_cards(uow, tenant_id="demo", cards=names)

    settled_at_once(fresh_database, fleet, 6)

    with fresh_database.transaction() as uow:
        fleet.uow = uow
        given = sum(fleet.balance_fen(n) - (OPENED_FEN - 100) for n in range(6))
        assert given == 200
