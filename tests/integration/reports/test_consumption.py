"""What was drawn, added up by machine, day and hour: always what the facts say."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapline import clock, reports
from tapline.cards.facts import ingest
from tapline.people import Scope
from tapline.reports import Slot
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.stateful import rolled_back

ZONE = ZoneInfo("Asia/Shanghai")
SCOPE = Scope("demo")
OCTOBER = date(2026, 10, 1)
NOON = datetime(2026, 11, 5, 12, tzinfo=ZONE)
DEVICES = ("WD-0001", "WD-0002")


def arrive(uow: UnitOfWork, device_id: str, seq: int, drawn: datetime, **changes: object) -> None:
    """One pour, reported when the clock says."""
    fact = factories.fact(
        device_id, seq, "88000001", atc=seq, moment=drawn, before_fen=9_000, **changes
    )
    ingest(uow, tenant_id="demo", facts=[fact])


def begun(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    for device_id in DEVICES:
        factories.device(uow, device_id)
    factories.card(uow, "88000001", balance_fen=100_000)
    return uow


@pytest.fixture
def estate(uow: UnitOfWork) -> UnitOfWork:
    return begun(uow)


@pytest.mark.req("C41")
def test_a_pour_counts_on_the_day_of_its_report_and_in_the_hour_of_its_drawing(
    estate: UnitOfWork,
) -> None:
    drawn = datetime(2026, 10, 5, 7, 30, tzinfo=ZONE)  # a Monday
    with clock.frozen(drawn + timedelta(days=1, hours=15)):
        arrive(estate, "WD-0001", 1, drawn, ml=1500)
    with clock.frozen(NOON):
        found = reports.consumption(estate, scope=SCOPE, month=OCTOBER)

    assert found.totals.by_slot.keys() == {Slot(1, 7)}
    assert found.totals.by_day.keys() == {date(2026, 10, 6)}
    assert found.totals.by_device["WD-0001"].ml == 1500
    assert found.totals.busiest_slot == Slot(1, 7)


def test_a_clock_that_cannot_be_right_is_not_believed(estate: UnitOfWork) -> None:
    with clock.frozen(datetime(2026, 10, 5, 9, 10, tzinfo=ZONE)):
        arrive(estate, "WD-0001", 1, datetime(2031, 1, 1, 3, tzinfo=ZONE))
    with clock.frozen(NOON):
        found = reports.consumption(estate, scope=SCOPE, month=OCTOBER)

    assert found.totals.by_slot.keys() == {Slot(1, 9)}


def test_a_manager_reads_of_his_sites_alone(estate: UnitOfWork) -> None:
    site = factories.site(estate)
    drawn = datetime(2026, 10, 5, 7, 30, tzinfo=ZONE)
    with clock.frozen(drawn):
        arrive(estate, "WD-0001", 1, drawn)
    with clock.frozen(NOON):
        found = reports.consumption(estate, scope=SCOPE.only(site.site_id), month=OCTOBER)

    assert found.devices == []
    assert found.totals.whole.pours == 0


def test_the_month_before_stands_beside_it(estate: UnitOfWork) -> None:
    for month, seq in ((9, 1), (10, 2)):
        drawn = datetime(2026, month, 5, 7, 30, tzinfo=ZONE)
        with clock.frozen(drawn):
            arrive(estate, "WD-0001", seq, drawn, ml=1000 * seq)
    with clock.frozen(NOON):
        found = reports.consumption(estate, scope=SCOPE, month=OCTOBER)

    assert (found.totals.whole.ml, found.whole_before.ml) == (2000, 1000)


POURS = st.lists(
    st.tuples(
        st.sampled_from(DEVICES),
        st.integers(0, 31 * 24 * 60),
        st.integers(0, 4 * 24 * 60),
        st.integers(0, 3000),
        st.integers(0, 500),
        st.sampled_from(["ok", "partial", "torn", "no_flow"]),
    ),
    max_size=12,
)


@pytest.mark.req("C41")
@settings(suppress_health_check=list(HealthCheck), max_examples=12)
@given(pours=POURS, rolled=st.booleans())
def test_every_way_of_adding_up_gives_what_the_facts_give(
    database: Database, pours: list[tuple[str, int, int, int, int, str]], rolled: bool
) -> None:
    with rolled_back(database) as uow:
        begun(uow)
        expected = [0, 0]
        for seq, (device_id, minute, late, ml, fen, how) in enumerate(pours, 1):
            drawn = datetime(2026, 10, 1, tzinfo=ZONE) + timedelta(minutes=minute)
            reported = drawn + timedelta(minutes=late)
            with clock.frozen(reported):
                arrive(uow, device_id, seq, drawn, ml=ml, amt_fen=fen, status=how)
            if reported < datetime(2026, 11, 1, tzinfo=ZONE):
                expected[0] += ml
                expected[1] += 0 if how == "torn" else fen
        with clock.frozen(NOON):
            while rolled and reports.roll_consumption(uow, tenant_id="demo"):
                pass
            totals = reports.consumption(uow, scope=SCOPE, month=OCTOBER).totals

        ways = (totals.by_device, totals.by_day, totals.by_slot)
        assert [
            [reports.added(way.values()).ml, reports.added(way.values()).fen] for way in ways
        ] == [expected] * 3


def test_a_day_is_rolled_up_again_each_night_and_takes_in_what_came_to_light(
    estate: UnitOfWork,
) -> None:
    drawn = datetime(2026, 11, 3, 7, 30, tzinfo=ZONE)
    with clock.frozen(drawn):
        arrive(estate, "WD-0001", 1, drawn, ml=1500)
    with clock.frozen(NOON):
        assert date(2026, 11, 3) in reports.roll_consumption(estate, tenant_id="demo")
        assert reports.roll_consumption(estate, tenant_id="demo") == []
    with clock.frozen(drawn):  # a report that had been buried, taken in again
        arrive(estate, "WD-0002", 2, drawn, ml=500)
    with clock.frozen(NOON + timedelta(days=1)):
        assert date(2026, 11, 3) in reports.roll_consumption(estate, tenant_id="demo")
        found = reports.consumption(estate, scope=SCOPE, month=date(2026, 11, 1))

    assert found.totals.whole.ml == 2000
