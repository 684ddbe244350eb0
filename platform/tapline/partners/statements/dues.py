"""Everything that is due between the operator and a partner, as things stand."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tapline import clock, outages, policy
from tapline.ledger import chart
from tapline.outages import Standstill
from tapline.partners.accountability.model import Responsibility, Standing
from tapline.partners.accountability.repository import ResponsibilityRepository
from tapline.partners.agreements import rules as terms_rules
from tapline.partners.agreements import service as agreements
from tapline.partners.agreements.rules import Terms
from tapline.partners.model import Partner
from tapline.partners.shares import service as shares
from tapline.partners.shares.rules import day_begin
from tapline.partners.statements import costs, rules
from tapline.partners.statements.model import LineKind
from tapline.partners.statements.rules import Due
from tapline.partners.utilities import rules as meters
from tapline.partners.utilities import service as utilities
from tapline.partners.utilities.model import Supply
from tapline.partners.utilities.rules import Used
from tapline.partners.visits import service as visits
from tapline.people import Scope
from tapline.reconciliation import Finding, Side
from tapline.reconciliation.sentences import plain
from tapline.uow import UnitOfWork

_BORNE = [standing for standing in Standing if standing.is_borne]
_OPEN = [standing for standing in Standing if standing.is_open]


def of_partner(uow: UnitOfWork, *, partner: Partner, month: date) -> list[Due]:
    """What the partner owes, or is owed, of all that was decided by the end of the month."""
    until = min(rules.month_end(month), clock.now())
    return [
        *_charged(uow, partner, until),
        *_compensations(uow, partner, until),
        *_shares(uow, partner, month),
        *_utilities(uow, partner, month),
    ]


def expected(uow: UnitOfWork, *, partner: Partner) -> list[tuple[Responsibility, Finding, int]]:
    """What is not decided yet, and what of it would be charged, in fen: listed, not charged."""
    held = ResponsibilityRepository(uow, Scope(partner.tenant_id)).of_partner(
        partner.partner_id, _OPEN
    )
    found = [finding for _, finding in held]
    cost = costs.of_findings(uow, tenant_id=partner.tenant_id, findings=found)
    return [(one, finding, cost[finding.finding_id].amount_fen) for one, finding in held]


def _charged(uow: UnitOfWork, partner: Partner, until: datetime) -> list[Due]:
    responsibilities = ResponsibilityRepository(uow, Scope(partner.tenant_id))
    held = [
        (one, finding)
        for one, finding in responsibilities.of_partner(partner.partner_id, _BORNE)
        if one.decided_at is not None and one.decided_at < until and finding.retracted_at is None
    ]
    cost = costs.of_findings(
        uow, tenant_id=partner.tenant_id, findings=[finding for _, finding in held]
    )
    dues = [_chargeback(one, finding, cost[finding.finding_id]) for one, finding in held]
    return [*dues, *_visits(uow, partner, until)]


def _chargeback(held: Responsibility, finding: Finding, cost: costs.Cost) -> Due:
    return Due(
        kind=LineKind.CHARGEBACK,
        subject=f"finding:{finding.finding_id}",
        amount_fen=cost.amount_fen,
        account=cost.account,
        site_id=held.site_id,
        facts={
            "code": finding.code,
            "device": held.device_id,
            "at": finding.detected_at.isoformat(),
            "standing": held.standing.value,
            "zh": plain(finding, "zh_CN"),
            "en": plain(finding, "en"),
        },
    )


def _visits(uow: UnitOfWork, partner: Partner, until: datetime) -> Iterable[Due]:
    """A visit is charged once over all partners, to the one for whom it was first settled that it
    answers for any of its findings, at the price of the day of the visit."""
    responsibilities = ResponsibilityRepository(uow, Scope(partner.tenant_id))
    borne = responsibilities.borne_by_partners(until)
    turn = {str(one.finding_id): number for number, one in enumerate(borne)}
    for visit in visits.before(uow, tenant_id=partner.tenant_id, moment=until):
        turns = [turn[finding_id] for finding_id in visit.finding_ids if finding_id in turn]
        if not turns or (held := borne[min(turns)]).partner_id != partner.partner_id:
            continue
        in_force = policy.on(uow, tenant_id=partner.tenant_id, moment=visit.ended_at)
        yield Due(
            kind=LineKind.VISIT,
            subject=f"visit:{visit.work_order_id}",
            amount_fen=in_force.visit_fen,
            account=chart.VISITS.code,
            site_id=held.site_id,
            facts={"device": visit.device_id, "at": visit.ended_at.isoformat()},
        )


def _compensations(uow: UnitOfWork, partner: Partner, until: datetime) -> Iterable[Due]:
    """By the agreement of the day on which a machine stopped.

    Standstills are told apart by when they began, excused or not, so all since the agreement began
    are read, also those of which nothing is due any more.
    """
    book = agreements.book(uow, tenant_id=partner.tenant_id)
    begun = book.of_property(partner.partner_id)
    if not begun:
        return
    found = outages.uptime.standstills(
        uow,
        tenant_id=partner.tenant_id,
        site_ids=list(begun),
        since=day_begin(min(begun.values())),
        until=until,
    )
    for outage in found:
        held = book.on(outage.site_id, clock.business_date(outage.stretch.start))
        if held is None or held.terms.property_id != partner.partner_id:
            continue
        for number, clause in enumerate(held.terms.clauses, 1):
            fen = terms_rules.compensation_fen(held.terms, clause, outage.counted_s)
            yield _compensation(outage, number, fen, {"threshold_s": clause.threshold_s})


def _compensation(outage: Standstill, number: int, fen: int, facts: dict[str, Any]) -> Due:
    start = outage.stretch.start.astimezone(clock.BUSINESS_ZONE)
    return Due(
        kind=LineKind.COMPENSATION,
        subject=f"outage:{outage.device_id}:{start.isoformat()}:{number}",
        amount_fen=-fen,
        account=chart.COMPENSATION.code,
        site_id=outage.site_id,
        facts=facts
        | {
            "device": outage.device_id,
            "at": start.isoformat(),
            "lasted_s": outage.counted_s,
        },
        stretch=outage.stretch,
    )


def _shares(uow: UnitOfWork, partner: Partner, month: date) -> Iterable[Due]:
    months = shares.months_of_partner(
        uow,
        tenant_id=partner.tenant_id,
        partner_id=partner.partner_id,
        last=rules.month_last(month),
    )
    for one in months:
        yield Due(
            kind=LineKind.SHARE,
            subject=f"share:{one.site_id}:{partner.partner_id}:{one.month:%Y-%m}",
            amount_fen=-one.share_fen,
            account=chart.property_share(one.site_id).code,
            site_id=one.site_id,
            facts={
                "month": f"{one.month:%Y-%m}",
                "days": one.days,
                "revenue_fen": one.revenue_fen,
                "per_mille": one.per_mille,
            },
        )


_UTILITIES = {Supply.ELECTRICITY: LineKind.ELECTRICITY, Supply.WATER: LineKind.WATER}


def _utilities(uow: UnitOfWork, partner: Partner, month: date) -> Iterable[Due]:
    """What machines used, at the price of the agreement on the day of the reading.

    A line a reading, so that a reading corrected later corrects its own line and the next one's.
    """
    book = agreements.book(uow, tenant_id=partner.tenant_id)
    site_ids = list(book.of_property(partner.partner_id))
    by_meter = utilities.used(uow, tenant_id=partner.tenant_id, site_ids=site_ids)
    for (site_id, supply), found in by_meter.items():
        for used in found:
            held = book.on(site_id, used.day)
            if (
                used.day <= rules.month_last(month)
                and held is not None
                and held.terms.property_id == partner.partner_id
            ):
                yield _utility(site_id, supply, used, held.terms)


def _utility(site_id: UUID, supply: Supply, used: Used, terms: Terms) -> Due:
    price = terms.utility_millifen(supply.value)
    fen = meters.cost_fen(used.amount, price)
    return Due(
        kind=_UTILITIES[supply],
        subject=f"utility:{site_id}:{supply}:{used.day}",
        amount_fen=fen if terms.utilities_from is Side.OPERATOR else -fen,
        account=chart.UTILITIES.code,
        site_id=site_id,
        facts={
            "since": used.since.isoformat(),
            "day": used.day.isoformat(),
            "before": used.before,
            "after": used.after,
            "price_millifen": price,
        },
    )
