import re
from collections.abc import Sequence

from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.tenants.model import Tenant
from tapline.tenants.repository import TenantRepository
from tapline.uow import UnitOfWork

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,30}")


def create(uow: UnitOfWork, *, tenant_id: str, name: str, legal_entity: str) -> Tenant:
    """Open the books of a legal operator.

    Raises:
        InvalidError: the id cannot be a level of a topic.
        ConflictError: it exists.
    """
    if not _SLUG.fullmatch(tenant_id):
        raise InvalidError(
            f"tenant id {tenant_id!r}: use a lower-case letter, then letters, digits, hyphens"
        )
    tenants = TenantRepository(uow)
    if tenants.find(tenant_id) is not None:
        raise ConflictError(f"tenant {tenant_id} exists")
    tenant = Tenant(tenant_id=tenant_id, name=name, legal_entity=legal_entity)
    tenants.add(tenant)
    uow.session.flush()
    return tenant


def get(uow: UnitOfWork, *, tenant_id: str) -> Tenant:
    """One tenant; `NotFoundError` where there is none such."""
    tenant = TenantRepository(uow).find(tenant_id)
    if tenant is None:
        raise NotFoundError(f"no tenant {tenant_id}")
    return tenant


def ids(uow: UnitOfWork) -> Sequence[str]:
    """Every tenant's id, sorted."""
    return TenantRepository(uow).ids()


def listed(uow: UnitOfWork) -> Sequence[Tenant]:
    """Every tenant by name."""
    return TenantRepository(uow).listed()
