from sqlalchemy import select

from tapline.hotline.dispositions.model import DispositionList
from tapline.uow import UnitOfWork


class DispositionRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def newest(self) -> DispositionList | None:
        return self._session.scalar(
            select(DispositionList)
            .where(DispositionList.tenant_id == self._tenant_id)
            .order_by(DispositionList.version.desc())
            .limit(1)
        )

    def add(self, version: DispositionList) -> None:
        self._session.add(version)
