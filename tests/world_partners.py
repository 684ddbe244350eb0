"""What is agreed with partners and settled with them, beside `tests.world`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from tapline import clock, faults, partners, reconciliation
from tapline.partners import Base, Clause, Partner, PartnerKind, Terms
from tapline.people import Role, Staff
from tapline.reconciliation import Side
from tapline.uow import Database, UnitOfWork
from tests import world
from tests.world import World

ISSUER, SETTLER = "zhao.kuai", "sun.na"
"""Two people of finance: who issues a statement does not settle it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Ids that tests refer to by name; all of the estate's first site."""

    property_id: UUID
    vendor_id: UUID
    proposed_id: UUID
    """An agreement that waits for a second person."""
    finding_id: UUID
    """A charge without water that the property was held to answer for."""
    statement_id: UUID
    """Of last month, with one line: a machine stood still."""
    month: date


def build(database: Database, estate: World) -> Shared:
    """An agreement since last month, an outage in it, its statement, and a proposal of today."""
    with database.transaction() as uow:
        issuer, settler = (
            world.staff(uow, estate, "demo", login, login, Role.FINANCE)
            for login in (ISSUER, SETTLER)
        )
        month = partners.month_of(
            partners.month_of(clock.business_date(clock.now())) - timedelta(days=1)
        )
        estate_partner, vendor = _last_month(uow, estate, issuer, settler, month)
        partners.accrue_shares(uow, tenant_id="demo")
        statement = partners.issue(
            uow,
            tenant_id="demo",
            partner_id=estate_partner.partner_id,
            month=month,
            total_fen=-3000,
            staff=issuer,
        )
        proposed = _proposed(uow, estate.sites[0].site_id, estate_partner, 150, issuer)
        return Shared(
            estate_partner.partner_id,
            vendor.partner_id,
            proposed.agreement_id,
            held_to_answer(uow, estate, settler),
            statement.statement_id,
            month,
        )


def held_to_answer(uow: UnitOfWork, estate: World, by: Staff, at: int = 0) -> UUID:
    """The property is held to answer for a finding on the first site that nobody was yet."""
    found = reconciliation.listed(
        uow, tenant_id="demo", codes=["D01"], device_ids=estate.devices[0::3]
    )
    finding = found[at]
    partners.propose_side(
        uow,
        tenant_id="demo",
        finding_id=finding.finding_id,
        side=Side.PROPERTY,
        staff=by,
        reason="水压不足",
    )
    return finding.finding_id


def _last_month(
    uow: UnitOfWork, estate: World, issuer: Staff, settler: Staff, month: date
) -> tuple[Partner, Partner]:
    morning = datetime.combine(month, time(8), clock.BUSINESS_ZONE)
    with clock.frozen(morning):
        estate_partner = _partner(uow, issuer, PartnerKind.PROPERTY, "西溪物业")
        vendor = _partner(uow, issuer, PartnerKind.VENDOR, "净泉设备")
        agreed = _proposed(uow, estate.sites[0].site_id, estate_partner, 100, issuer)
        partners.decide_agreement(
            uow, tenant_id="demo", agreement_id=agreed.agreement_id, approve=True, staff=settler
        )
        _alarm(uow, estate, raised=True)
        clock.advance(timedelta(hours=6))
        _alarm(uow, estate, raised=False)
    return estate_partner, vendor


def _alarm(uow: UnitOfWork, estate: World, *, raised: bool) -> None:
    faults.note(
        uow,
        tenant_id="demo",
        device_id=estate.devices[0],
        code="pump_fault",
        raised=raised,
        data={},
    )


def _partner(uow: UnitOfWork, by: Staff, kind: PartnerKind, name: str) -> Partner:
    return partners.add(
        uow,
        tenant_id="demo",
        kind=kind,
        name=name,
        legal_entity=f"{name}有限公司",
        contact="周经理",
        phone="0571-88000000",
        staff=by,
    )


def _proposed(
    uow: UnitOfWork, site_id: UUID, to: Partner, per_mille: int, by: Staff
) -> partners.Agreement:
    return partners.propose_agreement(
        uow,
        tenant_id="demo",
        site_id=site_id,
        terms=Terms(
            property_id=to.partner_id,
            share_per_mille=per_mille,
            daily_rent_fen=1000,
            clauses=(Clause(threshold_s=4 * 3600, multiplier=3, base=Base.DAILY_RENT),),
        ),
        valid_from=clock.business_date(clock.now()),
        staff=by,
        reason="合同 2026-17",
    )
