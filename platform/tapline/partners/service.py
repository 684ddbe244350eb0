from collections.abc import Sequence
from uuid import UUID

from tapline import audit, clock
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.partners.model import Partner, PartnerKind
from tapline.partners.repository import PartnerRepository
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork

KEEPERS = frozenset({Role.FINANCE, Role.SUPERVISOR, Role.ADMIN})
"""Who keeps what was agreed with partners, and settles with them."""


def add(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    kind: PartnerKind,
    name: str,
    legal_entity: str,
    contact: str,
    phone: str,
    staff: Staff,
) -> Partner:
    """A new partner.

    Raises:
        DeniedError: `staff` does not keep agreements.
        InvalidError: a name or the legal entity is missing.
        ConflictError: the legal entity is a partner already.
    """
    check_keeper(staff)
    name, legal_entity = name.strip(), legal_entity.strip()
    if not name or not legal_entity:
        raise InvalidError("name the partner and the legal entity that pays and is paid")
    partners = PartnerRepository(uow, tenant_id)
    if partners.of_entity(legal_entity) is not None:
        raise ConflictError(f"{legal_entity} is a partner already: choose it from the list")
    partner = Partner(
        partner_id=new_id(),
        tenant_id=tenant_id,
        kind=kind,
        name=name,
        legal_entity=legal_entity,
        contact=contact.strip(),
        phone=phone.strip(),
        created_at=clock.now(),
    )
    partners.add(partner)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="partner.add",
        subject=f"partner:{partner.partner_id}",
        reason=legal_entity,
    )
    return partner


def get(uow: UnitOfWork, *, tenant_id: str, partner_id: UUID) -> Partner:
    """One partner; `NotFoundError` where the tenant has none such."""
    return PartnerRepository(uow, tenant_id).get(partner_id)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Partner]:
    """A tenant's partners by kind and name."""
    return PartnerRepository(uow, tenant_id).listed()


def check_keeper(staff: Staff) -> None:
    """Refuse whoever does not keep agreements and settle with partners."""
    if staff.role not in KEEPERS:
        raise DeniedError("finance, a supervisor or an administrator does this: ask one of them")
