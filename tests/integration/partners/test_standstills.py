"""What a standstill costs is owed once, whatever is said of announcements and closures later."""

from datetime import date, timedelta

import pytest

from tapline import clock, devices, outages, policy
from tapline.devices import credentials
from tapline.outages.plans import Wish
from tapline.partners import LineKind
from tapline.sites import closures
from tapline.sites.closures import Closure, ClosureKind
from tests.integration.partners.cast import Cast, later
from tests.integration.partners.months import draft, issued, lines, month_over
from tests.integration.wire.device import Machine


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


def closed(cast: Cast, hours: float) -> Closure:
    """The house is shut from now on."""
    now = clock.now()
    return closures.announce(
        cast.uow,
        tenant_id="demo",
        site_id=cast.site.site_id,
        kind=ClosureKind.CLOSED,
        span=closures.Span(now, now + timedelta(hours=hours), "停业"),
        actor="he",
    )


@pytest.mark.req("C57", "U28")
def test_a_closure_moved_afterwards_corrects_a_standstill_and_pays_it_no_second_time(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    cast.alarm("leak")
    shut = closed(cast, 2)
    later(hours=8)
    cast.alarm("leak", raised=False)
    month_over()
    (line,) = issued(cast).lines
    assert (line.amount_fen, line.facts["lasted_s"]) == (-3000, 6 * 3600)

    def change(ends_after_h: float) -> None:
        closures.change(
            cast.uow,
            tenant_id="demo",
            closure_id=shut.closure_id,
            ends_at=shut.began_at + timedelta(hours=ends_after_h),
            actor="he",
        )

    change(1)
    later(days=31)
    assert lines(draft(cast, month=date(2026, 12, 1))) == [], "seven hours cost what six did"
    change(24)
    assert lines(issued(cast, month=date(2026, 12, 1))) == [(LineKind.COMPENSATION, 3000)]
    assert cast.posted("exp:compensation") == 0
    closures.withdraw(cast.uow, tenant_id="demo", closure_id=shut.closure_id, actor="he")
    later(days=31)
    assert lines(issued(cast, month=date(2027, 1, 1))) == [(LineKind.COMPENSATION, -3000)]
    assert cast.posted("exp:compensation") == 3000


@pytest.mark.req("C57")
def test_a_machine_that_was_taken_out_of_service_stands_still_no_longer(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    cast.alarm("leak")
    later(days=2)
    credentials.revoke(cast.uow, tenant_id="demo", device_id="A", actor="he", reason="已拆除")
    month_over()

    assert lines(issued(cast)) == [(LineKind.COMPENSATION, -2 * 3000)]
    later(days=31)
    assert lines(draft(cast, month=date(2026, 12, 1))) == []


@pytest.mark.req("C57", "U28")
def test_an_alarm_told_after_it_was_over_is_owed_for_as_long_as_it_was_on(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    devices.get(cast.uow, tenant_id="demo", device_id="A").created_at = clock.now()
    machine, begun = Machine(cast.uow, "A"), clock.now()
    later(hours=6)
    ended = {"evt_seq": 6, "code": "leak", "on": False, "ts": clock.now().isoformat()}
    machine.say("up/evt", **ended)
    later(days=2)
    assert lines(draft(cast)) == []
    machine.say("up/evt", evt_seq=5, code="leak", on=True, ts=begun.isoformat())
    month_over()

    assert lines(draft(cast)) == [(LineKind.COMPENSATION, -3000)]
