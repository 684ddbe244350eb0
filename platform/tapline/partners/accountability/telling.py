"""What the other side is told of what it is held to answer for: once a day, and never of each."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from tapline import clock, notices, people
from tapline.errors import InvalidError
from tapline.partners.accountability.model import Responsibility, Standing
from tapline.partners.accountability.repository import ResponsibilityRepository
from tapline.partners.model import Partner, PartnerKind
from tapline.partners.repository import PartnerRepository
from tapline.people import Scope
from tapline.uow import UnitOfWork

_TOLD_FROM = time(9)
"""Of the business day after."""


def tell_partners(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Text each partner who gave a mobile number what was proposed to him yesterday and is open,
    and what was decided yesterday; how many had news.

    From nine in the morning on, a partner once a day; asked again it sends nothing twice.
    """
    today = clock.business_date(clock.now())
    if clock.now() < datetime.combine(today, _TOLD_FROM, clock.BUSINESS_ZONE):
        return 0
    yesterday = today - timedelta(days=1)
    since, until = clock.begins(yesterday), clock.begins(today)
    told = 0
    responsibilities = ResponsibilityRepository(uow, Scope(tenant_id))
    for partner in PartnerRepository(uow, tenant_id).listed():
        phone = _mobile(partner)
        if phone is None:
            continue
        news = list(_news(responsibilities.of_day(partner.partner_id, since, until)))
        if not news:
            continue
        where = "请登录物业端查看" if partner.kind is PartnerKind.PROPERTY else "详情请与我们联系"
        notices.queue_sms(
            uow,
            tenant_id=tenant_id,
            dedupe_key=f"responsibility:{partner.partner_id}:{yesterday}",
            phone=phone,
            text=f"{partner.name}：{'；'.join(news)}。{where}。",
        )
        told += 1
    return told


def _mobile(partner: Partner) -> str | None:
    """The number of a partner that takes text messages; a landline takes none."""
    try:
        return people.phone_number(partner.phone)
    except InvalidError:
        return None


def _news(rows: Sequence[Responsibility]) -> Iterator[str]:
    proposed = [one for one in rows if one.standing is Standing.PROPOSED]
    if proposed:
        deadline = min(one.deadline for one in proposed).astimezone(clock.BUSINESS_ZONE)
        yield (
            f"有 {len(proposed)} 项异常建议由贵方承担，如有异议请在"
            f" {deadline.month}月{deadline.day}日 {deadline:%H:%M} 前提出"
        )
    words = {Standing.UPHELD: "异议成立", Standing.OVERRULED: "由贵方承担"}
    for standing, outcome in words.items():
        if count := sum(one.standing is standing for one in rows):
            yield f"{count} 项已裁定{outcome}"
