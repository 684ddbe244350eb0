"""A database that is older than a metric takes it up and goes on with what it had."""

from datetime import timedelta

from sqlalchemy import text

from tapline.devices import telemetry
from tapline.devices.telemetry import Metric
from tapline.uow import UnitOfWork
from tests.integration.telemetry.readings import NOON, chart, reading

YOUNG = (
    Metric.UV_W_M2,
    Metric.LAMP_H,
    Metric.BOILER_C_X10,
    Metric.HEAT_S,
    Metric.HEAT_WH,
    Metric.TAPS_N,
    Metric.MISREADS_N,
)


def make_narrow(uow: UnitOfWork) -> None:
    """Take from the tables what they did not have at first."""
    for metric in YOUNG:
        uow.session.execute(text(f"alter table telemetry drop column {metric}"))
        for table in ("telemetry_hour", "telemetry_day"):
            for what in ("n", "sum", "min", "max"):
                uow.session.execute(text(f"alter table {table} drop column {metric}_{what}"))


def test_older_tables_take_up_younger_metrics_and_keep_what_they_had(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading(NOON - timedelta(hours=2))])
    telemetry.maintain(uow)
    make_narrow(uow)

    telemetry.widen(uow.session.connection())
    telemetry.store(uow, readings=[reading(metrics={Metric.TDS_IN: 200, Metric.UV_W_M2: 96})])
    telemetry.maintain(uow)

    since, until = NOON - timedelta(days=3), NOON + timedelta(hours=1)
    assert [point.mean for point in chart(uow, since, until, 72)] == [180, 200]
    light = telemetry.series(
        uow,
        tenant_id="demo",
        device_id="WD-0001",
        metric=Metric.UV_W_M2,
        since=since,
        until=until,
        points=72,
    )
    assert light == [(NOON, 96, 96, 96)]


def test_widening_again_changes_nothing(uow: UnitOfWork) -> None:
    telemetry.store(uow, readings=[reading(metrics={Metric.LAMP_H: 4000})])
    telemetry.maintain(uow)

    telemetry.widen(uow.session.connection())

    latest = telemetry.newest(uow, tenant_id="demo", device_ids=["WD-0001"])
    assert latest == {"WD-0001": (NOON, {Metric.LAMP_H: 4000})}


def test_a_worn_card_reader_shows_over_weeks_in_the_cards_that_it_does_not_read(
    uow: UnitOfWork,
) -> None:
    begin = NOON - timedelta(days=5)
    for hour in range(96):
        taps = 40 * (hour + 1)
        counted = {Metric.TAPS_N: taps, Metric.MISREADS_N: taps // (20 if hour < 48 else 10)}
        at = begin + timedelta(hours=hour)
        telemetry.store(uow, readings=[reading(at, booted=begin, metrics=counted)])
    telemetry.maintain(uow)

    shares = telemetry.series(
        uow,
        tenant_id="demo",
        device_id="WD-0001",
        metric=Metric.MISREADS_N,
        since=begin,
        until=NOON,
        points=200,
    )

    assert [round(point.mean) for point in shares[:47]] == [5] * 47
    assert [round(point.mean) for point in shares[-40:]] == [10] * 40
