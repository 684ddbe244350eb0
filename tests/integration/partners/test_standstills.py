"""What a standstill costs is owed once, whatever policy says of announcements later."""

from datetime import date, timedelta

import pytest

from tapline import clock, outages, policy
from tapline.outages.plans import Wish
from tapline.partners import LineKind
from tests.integration.partners.cast import Cast, later
from tests.integration.partners.months import draft, issued, lines, month_over


@pytest.mark.req("C57", "U28")
def test_a_shorter_notice_agreed_on_later_does_not_have_a_standstill_paid_twice(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    starts = clock.now() + timedelta(hours=13)
    outages.plans.plan(
        cast.uow,
        scope=cast.own,
        staff=cast.wu,
        site_id=cast.site.site_id,
        wish=Wish(starts_at=starts, ends_at=starts + timedelta(hours=5), reason="水箱清洗"),
    )
    later(hours=13)
    cast.alarm("leak")
    later(hours=16)
    cast.alarm("leak", raised=False)
    month_over()
    assert lines(issued(cast)) == [(LineKind.COMPENSATION, -3000)]
    policy.publish(
        cast.uow,
        tenant_id="demo",
        changes={"planned_notice_s": 12 * 3600},
        actor="he",
        reason="twelve hours are enough",
    )
    later(days=31)

    assert lines(draft(cast, month=date(2026, 12, 1))) == []
    assert cast.posted("exp:compensation") == 3000
