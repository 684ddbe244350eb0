from collections.abc import Sequence

from sqlalchemy import select

from tapline.tenants.model import Tenant
from tapline.uow import UnitOfWork


class TenantRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, tenant: Tenant) -> None:
        self._session.add(tenant)

    def find(self, tenant_id: str) -> Tenant | None:
        return self._session.get(Tenant, tenant_id)

    def ids(self) -> Sequence[str]:
        return self._session.scalars(select(Tenant.tenant_id).order_by(Tenant.tenant_id)).all()

    def listed(self) -> Sequence[Tenant]:
        return self._session.scalars(select(Tenant).order_by(Tenant.name)).all()
