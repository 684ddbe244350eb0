from uuid import UUID

from tapline.sharing.demands.model import Demand
from tapline.uow import UnitOfWork


class DemandRepository:
    """The files that one tenant made for other operators."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, demand: Demand) -> None:
        self._session.add(demand)
        self._session.flush()

    def find(self, settlement_id: UUID) -> Demand | None:
        found = self._session.get(Demand, settlement_id)
        return found if found is not None and found.tenant_id == self._tenant_id else None
