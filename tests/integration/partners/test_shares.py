"""A property's share follows what the ledger holds, to the fen, on the day it is recorded."""

from datetime import date

import pytest

from tapline import clock, ledger, partners
from tapline.ledger import chart
from tapline.people import Scope
from tests.integration.partners.cast import Cast, later


def days(cast: Cast) -> list[tuple[str, int, int]]:
    """(day, revenue, share) of the first site."""
    listed = partners.share_days(
        cast.uow, scope=cast.own, first=date(2026, 11, 1), last=date(2026, 12, 31)
    )
    return [(f"{one.day:%m-%d}", one.revenue_fen, one.share_fen) for one in listed]


@pytest.mark.req("U28")
def test_a_day_is_shared_out_once_it_is_over_and_posted_once(cast: Cast) -> None:
    cast.agreed()
    cast.pours(1)
    cast.pours(2)
    assert partners.accrue_shares(cast.uow, tenant_id="demo") == [date(2026, 11, 1)]

    later(days=1)
    assert partners.accrue_shares(cast.uow, tenant_id="demo") == [date(2026, 11, 2)]
    assert partners.accrue_shares(cast.uow, tenant_id="demo") == []

    assert days(cast) == [("11-02", 200, 25)]
    assert cast.posted(f"share:property:{cast.site.site_id}") == 25
    assert cast.posted(chart.SHARES.code) == 25


@pytest.mark.req("U28")
def test_money_given_back_lowers_the_day_on_which_it_was_recorded_even_below_zero(
    cast: Cast,
) -> None:
    cast.agreed()
    cast.pours(1, amt_fen=300)
    later(days=1)
    cast.dry(2)  # charged and given back
    cast.pours(1, amt_fen=100)  # contradicts the first: only what both say is revenue
    later(days=1)

    partners.accrue_shares(cast.uow, tenant_id="demo")

    assert days(cast) == [("11-02", 300, 38), ("11-03", -200, -25)]
    assert cast.posted(chart.WATER.code) == 100
    assert cast.posted(f"share:property:{cast.site.site_id}") == 13


def test_a_long_sleep_is_caught_up_day_by_day(cast: Cast) -> None:
    cast.agreed()
    cast.pours(1)
    later(days=40)

    done = partners.accrue_shares(cast.uow, tenant_id="demo")
    done += partners.accrue_shares(cast.uow, tenant_id="demo")

    assert done == sorted(set(done))
    assert (done[0], done[-1], len(done)) == (date(2026, 11, 2), date(2026, 12, 11), 40)
    assert days(cast) == [("11-02", 100, 13)]


def test_revenue_of_no_site_is_listed_as_unattributed(cast: Cast) -> None:
    cast.agreed()
    cast.pours(1)
    ledger.post(
        cast.uow,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key="adjust:1",
                kind="adjustment",
                event_at=clock.now(),
                movement=ledger.Transfer(chart.BANK, chart.WATER, 70),
                content="70",
            )
        ],
    )
    later(days=1)
    partners.accrue_shares(cast.uow, tenant_id="demo")

    first, last = date(2026, 11, 1), date(2026, 11, 30)
    left = partners.unattributed(cast.uow, tenant_id="demo", first=first, last=last)
    assert left == {"adjustment": 70}
    assert sum(left.values()) + sum(fen for _, fen, _ in days(cast)) == cast.posted("rev:water")


def test_each_day_is_shared_by_the_version_that_held_on_it(cast: Cast) -> None:
    cast.agreed(share_per_mille=100)
    cast.pours(1, amt_fen=1000)
    later(days=1)
    cast.agreed(share_per_mille=200)
    cast.pours(2, amt_fen=1000)
    later(days=1)

    partners.accrue_shares(cast.uow, tenant_id="demo")

    assert days(cast) == [("11-02", 1000, 100), ("11-03", 1000, 200)]


def test_what_was_drawn_before_anything_was_agreed_is_nobodys(cast: Cast) -> None:
    cast.pours(1)
    later(days=1)
    partners.accrue_shares(cast.uow, tenant_id="demo")

    assert days(cast) == [("11-02", 100, 0)]
    assert cast.posted(chart.SHARES.code) == 0
    elsewhere = Scope("demo", frozenset({cast.other_site.site_id}))
    assert not partners.share_days(
        cast.uow, scope=elsewhere, first=date(2026, 11, 1), last=date(2026, 11, 30)
    )
