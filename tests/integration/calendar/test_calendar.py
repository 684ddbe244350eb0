"""A tenant's own hours replace the usual ones, version by version."""

from datetime import datetime

import pytest

from tapline import calendar
from tapline.clock import BUSINESS_ZONE
from tapline.errors import InvalidError, NotFoundError
from tapline.uow import UnitOfWork
from tests import factories

SATURDAY = datetime(2026, 11, 21, 10, tzinfo=BUSINESS_ZONE)
SIX_DAYS = {
    "week": {day: ["08:00-18:00 day"] for day in ("mon", "tue", "wed", "thu", "fri", "sat")},
    "dates": {"2026-11-23": []},
}


def test_without_own_hours_the_usual_ones_hold(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    usual = calendar.current(uow, tenant_id="demo")
    assert (usual.code, usual.version) == (calendar.SERVICE, 0)
    assert usual.period_at(SATURDAY) == calendar.CLOSED
    assert calendar.current(uow, tenant_id="demo", code=calendar.HOTLINE).period_at(SATURDAY)


def test_own_hours_hold_for_their_tenant_alone_and_the_newest_wins(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    factories.tenant(uow, "other")
    for document in ({"week": {"sun": ["08:00-09:00 day"]}}, SIX_DAYS):
        calendar.publish(
            uow, tenant_id="demo", code="service", document=document, actor="test", reason="hours"
        )
    own = calendar.current(uow, tenant_id="demo")
    assert own.version == 2
    assert own.period_at(SATURDAY) == "day"
    assert not own.is_working_day(datetime(2026, 11, 23, tzinfo=BUSINESS_ZONE).date())
    assert calendar.current(uow, tenant_id="other").version == 0


def test_hours_that_cannot_be_are_refused_and_change_nothing(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    with pytest.raises(InvalidError):
        calendar.publish(
            uow, tenant_id="demo", code="service", document={}, actor="test", reason="mistaken"
        )
    assert calendar.current(uow, tenant_id="demo").version == 0


def test_a_calendar_of_no_code_is_not_found(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    with pytest.raises(NotFoundError, match="publish one"):
        calendar.current(uow, tenant_id="demo", code="no-such")
