from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork
from tapline.water.drills.model import Drill


class DrillRepository:
    """The drills of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, values: dict[str, object]) -> None:
        self._session.execute(
            insert(Drill).values(tenant_id=self._tenant_id, **values).on_conflict_do_nothing()
        )

    def get(self, quarter: str) -> Drill:
        drill = self._session.get(
            Drill, (self._tenant_id, quarter), with_for_update=True, populate_existing=True
        )
        if drill is None:
            raise NotFoundError(f"no drill is planned for {quarter}")
        return drill

    def listed(self) -> Sequence[Drill]:
        """Newest first."""
        return self._session.scalars(
            select(Drill).where(Drill.tenant_id == self._tenant_id).order_by(Drill.quarter.desc())
        ).all()
