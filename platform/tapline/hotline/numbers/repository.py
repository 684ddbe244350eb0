from collections.abc import Sequence

from sqlalchemy import select

from tapline.hotline.numbers.model import HotlineNumber
from tapline.uow import UnitOfWork


class NumberRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def find(self, number: str, *, lock: bool = False) -> HotlineNumber | None:
        return self._session.get(HotlineNumber, number, with_for_update=lock or None)

    def of_tenant(self, tenant_id: str) -> Sequence[HotlineNumber]:
        return self._session.scalars(
            select(HotlineNumber)
            .where(HotlineNumber.tenant_id == tenant_id)
            .order_by(HotlineNumber.number)
        ).all()

    def add(self, number: HotlineNumber) -> None:
        self._session.add(number)
        self._session.flush()
