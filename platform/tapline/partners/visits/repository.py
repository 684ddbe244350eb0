from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tapline.partners.visits.model import Visit
from tapline.uow import UnitOfWork


class VisitRepository:
    """Visits of one tenant's technicians."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add_once(self, values: dict[str, Any]) -> None:
        self._session.execute(
            insert(Visit).values(tenant_id=self._tenant_id, **values).on_conflict_do_nothing()
        )

    def before(self, moment: datetime) -> Sequence[Visit]:
        """Oldest first."""
        return self._session.scalars(
            select(Visit)
            .where(Visit.tenant_id == self._tenant_id, Visit.ended_at < moment)
            .order_by(Visit.ended_at, Visit.work_order_id)
        ).all()
