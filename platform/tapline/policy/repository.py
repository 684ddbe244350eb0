from collections.abc import Sequence

from sqlalchemy import select

from tapline.policy.model import PolicyVersion
from tapline.uow import UnitOfWork


class PolicyRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def newest(self, tenant_id: str) -> PolicyVersion | None:
        return self._session.scalar(
            select(PolicyVersion)
            .where(PolicyVersion.tenant_id == tenant_id)
            .order_by(PolicyVersion.version.desc())
            .limit(1)
        )

    def get(self, tenant_id: str, version: int) -> PolicyVersion | None:
        return self._session.get(PolicyVersion, (tenant_id, version))

    def listed(self, tenant_id: str) -> Sequence[PolicyVersion]:
        return self._session.scalars(
            select(PolicyVersion)
            .where(PolicyVersion.tenant_id == tenant_id)
            .order_by(PolicyVersion.version.desc())
        ).all()

    def add(self, version: PolicyVersion) -> None:
        self._session.add(version)
