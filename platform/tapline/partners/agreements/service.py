from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tapline import audit, clock
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.partners.agreements import rules
from tapline.partners.agreements.model import Agreement, AgreementState
from tapline.partners.agreements.repository import AgreementRepository
from tapline.partners.agreements.rules import Terms
from tapline.partners.model import PartnerKind
from tapline.partners.repository import PartnerRepository
from tapline.partners.service import check_keeper
from tapline.people import Staff
from tapline.reconciliation import Side
from tapline.uow import UnitOfWork


class InForce(NamedTuple):
    """A version that holds, with its terms read."""

    agreement: Agreement
    terms: Terms


class Book:
    """The approved versions of some sites, to be asked about any day."""

    def __init__(self, approved: Iterable[Agreement]) -> None:
        self._by_site: dict[UUID, list[Agreement]] = defaultdict(list)
        for one in approved:
            self._by_site[one.site_id].append(one)

    def of_property(self, partner_id: UUID) -> dict[UUID, date]:
        """The sites that were ever this property's, with the day on which the first of their
        versions begins."""
        return {
            site_id: min(one.valid_from for one in versions)
            for site_id, versions in self._by_site.items()
            if any(rules.read(one.terms).property_id == partner_id for one in versions)
        }

    def on(self, site_id: UUID, day: date) -> InForce | None:
        """What holds on a site on a day; None where nothing was agreed."""
        found = rules.in_force(self._by_site.get(site_id, ()), day)
        return InForce(found, rules.read(found.terms)) if found else None


def propose(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    site_id: UUID,
    terms: Terms,
    valid_from: date,
    staff: Staff,
    reason: str,
) -> Agreement:
    """Write down a new version for a site. It holds once another person has approved it.

    Raises:
        DeniedError: `staff` does not keep agreements.
        NotFoundError: the tenant has no such site or partner.
        InvalidError: the terms cannot be kept, name a partner of another kind, begin in the past,
            or there is no reason.
    """
    check_keeper(staff)
    if not reason.strip():
        raise InvalidError("say what was agreed and where it is signed: the second person reads it")
    rules.check(terms)
    _check_partners(uow, tenant_id, terms)
    _check_begins(valid_from)
    agreements = AgreementRepository(uow, tenant_id)
    agreements.lock_site(site_id)
    agreement = Agreement(
        agreement_id=new_id(),
        tenant_id=tenant_id,
        site_id=site_id,
        version=agreements.next_version(site_id),
        valid_from=valid_from,
        terms=rules.written(terms),
        state=AgreementState.PROPOSED,
        reason=reason.strip(),
        proposed_by=staff.staff_id,
        proposed_at=clock.now(),
    )
    agreements.add(agreement)
    _record(uow, agreement, staff, "propose", reason)
    return agreement


def decide(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    agreement_id: UUID,
    approve: bool,
    staff: Staff,
    reason: str = "",
) -> Agreement:
    """Put a proposed version in force, as the second person, or refuse it.

    Raises:
        NotFoundError: the tenant has no such agreement.
        DeniedError: `staff` does not keep agreements, or proposed it himself.
        ConflictError: it was decided before, or its first day has gone by.
        InvalidError: a refusal without a reason.
    """
    check_keeper(staff)
    agreement = AgreementRepository(uow, tenant_id).get(agreement_id, lock=True)
    if agreement.state is not AgreementState.PROPOSED:
        raise ConflictError(f"this version is {agreement.state.value}: there is nothing to decide")
    if agreement.proposed_by == staff.staff_id:
        raise DeniedError("whoever proposed a version does not approve it: ask a colleague")
    if not approve and not reason.strip():
        raise InvalidError("say why it is refused")
    if approve and agreement.valid_from < clock.business_date(clock.now()):
        raise ConflictError("its first day has gone by and was reckoned: propose it anew")
    agreement.state = AgreementState.APPROVED if approve else AgreementState.REFUSED
    agreement.decided_by, agreement.decided_at = staff.staff_id, clock.now()
    agreement.decision_reason = reason.strip()
    _record(uow, agreement, staff, "approve" if approve else "refuse", reason)
    return agreement


def book(uow: UnitOfWork, *, tenant_id: str, site_ids: Collection[UUID] | None = None) -> Book:
    """Every approved version, of these sites where given."""
    return Book(AgreementRepository(uow, tenant_id).approved(site_ids))


def of_site(uow: UnitOfWork, *, tenant_id: str, site_id: UUID) -> Sequence[Agreement]:
    """Every version of a site, newest first."""
    return AgreementRepository(uow, tenant_id).of_site(site_id)


def proposed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Agreement]:
    """Versions that wait for a second person, oldest first."""
    return AgreementRepository(uow, tenant_id).proposed()


def get(uow: UnitOfWork, *, tenant_id: str, agreement_id: UUID) -> Agreement:
    """One version; `NotFoundError` where the tenant has none such."""
    return AgreementRepository(uow, tenant_id).get(agreement_id)


def responsible(uow: UnitOfWork, *, tenant_id: str, site_id: UUID, category: str) -> Side:
    """Which side deals with a category of case on a site today; the operator, unless agreed."""
    today = clock.business_date(clock.now())
    held = book(uow, tenant_id=tenant_id, site_ids=[site_id]).on(site_id, today)
    return held.terms.responsible(category) if held else Side.OPERATOR


_KINDS: Mapping[Side, PartnerKind] = {
    Side.PROPERTY: PartnerKind.PROPERTY,
    Side.VENDOR: PartnerKind.VENDOR,
}


def _check_partners(uow: UnitOfWork, tenant_id: str, terms: Terms) -> None:
    partners = PartnerRepository(uow, tenant_id)
    named = [(terms.property_id, Side.PROPERTY)] if terms.property_id else []
    named += [(vendor_id, Side.VENDOR) for vendor_id in terms.vendors.values()]
    for partner_id, side in named:
        partner = partners.get(partner_id)
        if partner.kind is not _KINDS[side]:
            raise InvalidError(f"{partner.name} is no {side.value}: choose one that is")


def _check_begins(valid_from: date) -> None:
    """Days that have gone by were reckoned under what held then; they are not reckoned again."""
    today = clock.business_date(clock.now())
    if valid_from < today:
        raise InvalidError(f"a version holds from {today.isoformat()} at the earliest")


def _record(uow: UnitOfWork, agreement: Agreement, staff: Staff, verb: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=agreement.tenant_id,
        actor=staff.login,
        action=f"agreement.{verb}",
        subject=f"agreement:{agreement.agreement_id}",
        reason=reason.strip(),
    )
