from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tapline import clock, policy
from tapline.policy import Policy
from tapline.reconciliation.feeds.model import Report
from tapline.reconciliation.feeds.repository import FeedRepository
from tapline.reconciliation.feeds.rules import (
    Accounts,
    differences,
    report_subject,
)
from tapline.reconciliation.findings import service as findings
from tapline.reconciliation.findings.rules import FindingKey, device_subject
from tapline.reconciliation.model import Finding
from tapline.uow import UnitOfWork

_REACH = timedelta(days=7)
"""So far back two accounts are held against each other; older differences, as long as they stand.
"""
_MARGIN = timedelta(days=1)
"""What belongs to a sale at the beginning of that."""
_OVERLAP = timedelta(minutes=2)
"""A transaction that stored something may have committed so long after it looked at the clock."""


def take(uow: UnitOfWork, *, tenant_id: str, reports: Sequence[Report]) -> None:
    """Keep what a maker's cloud says of machines that tell of their sales themselves.

    Told again it is the same; told otherwise both versions stay. No money follows.
    """
    if reports:
        FeedRepository(uow, tenant_id).add(reports, clock.now())


def sweep(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Hold both accounts of every machine that has two, and of which something came in or has
    become due, against each other; how many machines that were."""
    feeds, now = FeedRepository(uow, tenant_id), clock.now()
    feeds.be_alone()
    witnessed, in_force = feeds.witnessed(), policy.current(uow, tenant_id=tenant_id)
    last = feeds.examined_at()
    looked_at = set(witnessed) if last is None else _stirred(feeds, last - _OVERLAP, now, in_force)
    looked_at &= set(witnessed)
    for device_id in sorted(looked_at):
        _follow(uow, feeds, device_id, witnessed[device_id], in_force)
    feeds.examined(now)
    return len(looked_at)


def _stirred(feeds: FeedRepository, since: datetime, now: datetime, in_force: Policy) -> set[str]:
    looked_at = feeds.stirred(since)
    for seconds in (in_force.gap_s, in_force.offline_window_s):
        patience = timedelta(seconds=seconds)
        looked_at |= feeds.came_between(since - patience, now - patience)
    if clock.business_date(since) != clock.business_date(now):
        # A day more is over, and may be counted.
        looked_at |= feeds.came_between(now - _REACH, now)
    return looked_at


def _follow(
    uow: UnitOfWork, feeds: FeedRepository, device_id: str, vendor: str, in_force: Policy
) -> None:
    now, stored = clock.now(), feeds.findings(device_id)
    since = now - _REACH
    reports = feeds.reports(device_id, since, _refs(stored, device_id))
    begins = min((one.moment for one in reports), default=since)
    accounts = Accounts(
        device_id=device_id,
        vendor=vendor,
        facts=feeds.facts(device_id, min(begins, since) - _MARGIN),
        reports=reports,
        days=[clock.business_date(since) + timedelta(days=n) for n in range(2, 7)],
        now=now,
        gap=timedelta(seconds=in_force.gap_s),
        offline=timedelta(seconds=in_force.offline_window_s),
    )
    wanted = differences(accounts)
    judged = {report_subject(device_id, one.number) for one in reports}
    judged |= {device_subject(device_id, day) for day in accounts.days}
    findings.follow(
        uow,
        tenant_id=feeds.tenant_id,
        stored={key: row for key, row in stored.items() if key.subject in judged},
        wanted=wanted,
    )


def _refs(stored: Mapping[FindingKey, Finding], device_id: str) -> list[int]:
    """The numbers of the sales of which something stands."""
    prefix = report_subject(device_id, 0).removesuffix("0")
    return [
        int(key.subject.removeprefix(prefix))
        for key, row in stored.items()
        if row.retracted_at is None and key.subject.startswith(prefix)
    ]
