from sqlalchemy import select

from tapline.hotline.flows.model import FlowVersion
from tapline.uow import UnitOfWork


class FlowRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def newest(self, code: str) -> FlowVersion | None:
        return self._session.scalar(
            select(FlowVersion)
            .where(FlowVersion.tenant_id == self._tenant_id, FlowVersion.code == code)
            .order_by(FlowVersion.version.desc())
            .limit(1)
        )

    def find(self, code: str, version: int) -> FlowVersion | None:
        return self._session.get(FlowVersion, (self._tenant_id, code, version))

    def add(self, version: FlowVersion) -> None:
        self._session.add(version)
