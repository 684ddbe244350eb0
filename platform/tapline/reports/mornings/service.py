from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tapline import clock, people, policy
from tapline.people import Role, Scope, Staff
from tapline.reports.estate.repository import EstateReads
from tapline.reports.mornings import rules
from tapline.reports.mornings.repository import MorningReads
from tapline.reports.mornings.rules import Morning, Sign
from tapline.uow import UnitOfWork

_MORNING_HOURS = 4
"""Later than so long after the hour nobody wants a morning card on his phone any more."""


class MorningText(NamedTuple):
    """What a manager is sent."""

    staff: Staff
    phone: str
    text: str
    day: date
    """The day that it speaks of."""


def mornings(uow: UnitOfWork, *, scope: Scope, day: date) -> list[Morning]:
    """What broke on the scope's sites on a business day, as it stands now; a line a site."""
    reads = EstateReads(uow, scope)
    machines = reads.devices()
    signs: dict[object, list[Sign]] = defaultdict(list)
    since, until = clock.begins(day), clock.begins(day + timedelta(days=1))
    for sign in MorningReads(uow, scope).signs(since, until):
        signs[sign.site_id].append(sign)
    return [
        Morning(
            site,
            day,
            sum(machine.site_id == site.site_id for machine in machines),
            rules.gathered(signs[site.site_id]),
        )
        for site in reads.sites()
    ]


def morning_texts(uow: UnitOfWork, *, tenant_id: str) -> Sequence[MorningText]:
    """What each manager with sites and a phone is to be sent now: nothing but in the morning,
    from the hour that policy names."""
    now = clock.now().astimezone(clock.BUSINESS_ZONE)
    hour = policy.current(uow, tenant_id=tenant_id).morning_hour
    if not hour <= now.hour < hour + _MORNING_HOURS:
        return []
    day = now.date() - timedelta(days=1)
    texts = []
    for member in people.staff_of(uow, tenant_id=tenant_id):
        if member.role is not Role.MANAGER or not member.phone or member.disabled_at:
            continue
        found = mornings(uow, scope=people.scope_of(uow, member=member), day=day)
        if sum(morning.machines for morning in found):
            texts.append(MorningText(member, member.phone, rules.message(found), day))
    return texts
