from collections.abc import Sequence

from sqlalchemy import select

from tapline.audit.model import AuditEntry
from tapline.uow import UnitOfWork


class AuditRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, entry: AuditEntry) -> None:
        self._session.add(entry)

    def state_origin(self, address: str) -> None:
        self._session.info["address"] = address

    def origin(self) -> str | None:
        """The address stated for this transaction, if it has one."""
        address: str | None = self._session.info.get("address")
        return address

    def about(self, tenant_id: str, subject: str, limit: int) -> Sequence[AuditEntry]:
        """What was done to `subject`, newest first."""
        return self._session.scalars(
            select(AuditEntry)
            .where(AuditEntry.tenant_id == tenant_id, AuditEntry.subject == subject)
            .order_by(AuditEntry.position.desc())
            .limit(limit)
        ).all()

    def newest(self, tenant_id: str, limit: int) -> Sequence[AuditEntry]:
        return self._session.scalars(
            select(AuditEntry)
            .where(AuditEntry.tenant_id == tenant_id)
            .order_by(AuditEntry.position.desc())
            .limit(limit)
        ).all()
