"""The morning card reaches a manager in the morning, and tells of his sites alone."""

from datetime import datetime, timedelta

import pytest

from tapline import clock, devices, faults, people, reports, sites
from tapline.people import Role, Scope
from tapline.sites import SiteKind
from tapline.uow import UnitOfWork
from tests import factories

EIGHT = datetime(2026, 11, 21, 8, tzinfo=clock.BUSINESS_ZONE)
YESTERDAY = EIGHT.date() - timedelta(days=1)


@pytest.fixture
def estate(uow: UnitOfWork) -> UnitOfWork:
    """A machine on each of two sites, one of them a manager's; both leaked yesterday."""
    factories.tenant(uow)
    for number, name in enumerate(("西溪花园", "钱江科技园"), 1):
        site = sites.create(
            uow,
            tenant_id="demo",
            code=f"HZ-{number}",
            name=name,
            name_en=name,
            kind=SiteKind.COMMUNITY,
            address="",
            x=1,
            y=1,
        )
        devices.register(
            uow,
            vault=factories.VAULT,
            hash_password=lambda password: password[::-1],
            tenant_id="demo",
            device_id=f"WD-{number}",
            site_id=site.site_id,
            spot="1 号楼 一层大厅",
        )
        if number == 1:
            member, _ = people.create_staff(
                uow,
                tenant_id="demo",
                login="wuye",
                name="周物业",
                role=Role.MANAGER,
                site_ids=[site.site_id],
            )
            member.phone = "13800138000"
    for hours_ago, raised in ((20, True), (16, False)):
        with clock.frozen(EIGHT - timedelta(hours=hours_ago)):
            for device_id in ("WD-1", "WD-2"):
                faults.note(
                    uow, tenant_id="demo", device_id=device_id, code="leak", raised=raised, data={}
                )
    return uow


@pytest.mark.req("U35")
@pytest.mark.parametrize(
    ("after", "told"),
    [(timedelta(minutes=-5), 0), (timedelta(minutes=5), 1), (timedelta(hours=5), 0)],
)
def test_a_manager_is_told_in_the_morning_alone(
    estate: UnitOfWork, after: timedelta, told: int
) -> None:
    with clock.frozen(EIGHT + after):
        texts = reports.morning_texts(estate, tenant_id="demo")

    assert len(texts) == told
    for text in texts:
        assert (
            text.text == "晨报：西溪花园 1 台有问题（1 台已恢复）。登录物业端可复制给住户群的通知。"
        )
        assert (text.phone, text.day) == ("13800138000", YESTERDAY)


@pytest.mark.req("U35")
def test_a_day_on_which_nothing_was_on_is_quiet(estate: UnitOfWork) -> None:
    with clock.frozen(EIGHT):
        before = reports.mornings(estate, scope=Scope("demo"), day=YESTERDAY - timedelta(days=1))
        then = reports.mornings(estate, scope=Scope("demo"), day=YESTERDAY)

    assert [len(one.troubles) for one in before] == [0, 0]
    assert [one.fixed for one in then] == [1, 1]
