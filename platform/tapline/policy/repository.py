from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tapline.policy.model import PolicyVersion
from tapline.uow import UnitOfWork


class PolicyRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def newest(self, tenant_id: str, by: datetime | None = None) -> PolicyVersion | None:
        """Of those that were in force by a moment, where one is given."""
        versions = select(PolicyVersion).where(PolicyVersion.tenant_id == tenant_id)
        if by is not None:
            versions = versions.where(PolicyVersion.effective_at <= by)
        return self._session.scalar(versions.order_by(PolicyVersion.version.desc()).limit(1))

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
