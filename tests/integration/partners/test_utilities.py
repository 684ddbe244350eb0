"""Electricity and water on a statement: from a meter read with a photo to money, netted."""

from datetime import date
from uuid import UUID

import pytest

from tapline import files, partners
from tapline.errors import DeniedError, InvalidError, NotFoundError
from tapline.partners import Answer, LineKind, MeterReading, Supply
from tapline.people import Staff
from tapline.reconciliation import Side
from tests.integration.partners.cast import Cast, later
from tests.integration.partners.months import NOVEMBER, draft, issued, lines, month_over, said

PRICES = {"electricity_millifen": 53_830, "water_millifen": 410_000}


def photo(cast: Cast) -> UUID:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(24)
    return files.keep(
        cast.uow, tenant_id="demo", name="meter.png", media_type="image/png", content=picture
    ).file_id


def read(
    cast: Cast,
    supply: Supply,
    day: date,
    amount: int,
    *,
    by: Staff | None = None,
    site_id: UUID | None = None,
) -> MeterReading:
    return partners.write_meter_down(
        cast.uow,
        scope=cast.own,
        site_id=site_id or cast.site.site_id,
        supply=supply,
        day=day,
        amount=amount,
        begins=False,
        file_ids=[photo(cast)],
        staff=by or cast.wu,
    )


@pytest.mark.req("U35")
def test_share_power_and_water_of_a_month_come_to_one_net_amount(cast: Cast) -> None:
    cast.agreed(**PRICES)
    cast.pours(2, amt_fen=1000)
    read(cast, Supply.ELECTRICITY, date(2026, 11, 2), 1_000_000)
    read(cast, Supply.WATER, date(2026, 11, 2), 500_000)
    month_over()
    read(cast, Supply.ELECTRICITY, date(2026, 11, 30), 1_066_700)
    read(cast, Supply.WATER, date(2026, 11, 30), 512_000)

    found = issued(cast)

    assert lines(found) == [
        (LineKind.SHARE, -125),
        (LineKind.ELECTRICITY, -3590),
        (LineKind.WATER, -4920),
    ]
    assert found.statement.total_fen == -(125 + 3590 + 4920)
    assert cast.owed(cast.estate) == found.statement.total_fen


@pytest.mark.req("U35")
def test_where_the_operator_supplies_it_the_property_pays_out_of_its_share(cast: Cast) -> None:
    cast.agreed(**PRICES, utilities_from=Side.OPERATOR)
    read(cast, Supply.ELECTRICITY, date(2026, 11, 2), 0)
    month_over()
    read(cast, Supply.ELECTRICITY, date(2026, 11, 30), 10_000)

    assert lines(draft(cast)) == [(LineKind.ELECTRICITY, 538)]


@pytest.mark.req("U35")
def test_a_reading_corrected_after_the_statement_is_corrected_by_the_next_one(cast: Cast) -> None:
    cast.agreed(**PRICES, share_per_mille=0)
    read(cast, Supply.WATER, date(2026, 11, 2), 0)
    month_over()
    read(cast, Supply.WATER, date(2026, 11, 30), 10_000)
    assert lines(issued(cast)) == [(LineKind.WATER, -4100)]

    read(cast, Supply.WATER, date(2026, 11, 30), 9_000)
    later(days=31)

    assert lines(draft(cast, month=date(2026, 12, 1))) == [(LineKind.WATER, 410)]
    assert len(partners.meter_readings(cast.uow, scope=cast.own)) == 3


def test_a_line_of_power_may_be_objected_to_and_waived(cast: Cast) -> None:
    cast.agreed(**PRICES, share_per_mille=0)
    read(cast, Supply.ELECTRICITY, date(2026, 11, 2), 0)
    month_over()
    read(cast, Supply.ELECTRICITY, date(2026, 11, 30), 10_000)
    found = issued(cast)
    said(cast, found, Answer.OBJECTED, "wu", "表读错了")
    said(cast, found, Answer.WAIVED, "qian", "同意更正")
    later(days=31)

    assert lines(draft(cast, month=date(2026, 12, 1))) == [(LineKind.ELECTRICITY, 538)]


def test_a_reading_wants_a_photo_a_meter_of_ones_own_and_a_number_that_can_be(cast: Cast) -> None:
    cast.agreed(**PRICES)
    read(cast, Supply.WATER, date(2026, 11, 1), 500)
    with pytest.raises(InvalidError, match="more on 2026-11-01"):
        read(cast, Supply.WATER, date(2026, 11, 2), 400)
    with pytest.raises(InvalidError, match="still to come"):
        read(cast, Supply.WATER, date(2026, 12, 2), 600)
    with pytest.raises(DeniedError):
        read(cast, Supply.WATER, date(2026, 11, 2), 600, by=cast.lin)
    with pytest.raises(NotFoundError):
        read(cast, Supply.WATER, date(2026, 11, 2), 1, site_id=cast.other_site.site_id)
    with pytest.raises(InvalidError, match="photo"):
        partners.write_meter_down(
            cast.uow,
            scope=cast.own,
            site_id=cast.site.site_id,
            supply=Supply.WATER,
            day=date(2026, 11, 2),
            amount=600,
            begins=False,
            file_ids=[],
            staff=cast.wu,
        )


def test_without_an_agreed_price_nothing_is_charged(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    read(cast, Supply.WATER, date(2026, 11, 2), 0)
    month_over()
    read(cast, Supply.WATER, date(2026, 11, 30), 10_000)

    assert lines(draft(cast, month=NOVEMBER)) == []
