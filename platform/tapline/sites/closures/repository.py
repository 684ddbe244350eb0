from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from tapline.errors import NotFoundError
from tapline.sites.closures.model import Closure
from tapline.uow import UnitOfWork


class ClosureRepository:
    """The closures of one tenant's sites."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, closure: Closure) -> None:
        self._session.add(closure)
        self._session.flush()

    def get(self, closure_id: UUID) -> Closure:
        closure = self._session.get(Closure, closure_id, with_for_update=True)
        if closure is None or closure.tenant_id != self._tenant_id:
            raise NotFoundError(f"no closure {closure_id}")
        return closure

    def covering(self, site_id: UUID, device_id: str | None, at: datetime) -> Closure | None:
        """One in force at `at`: of the whole site, or of that machine; what was first announced."""
        whole = Closure.device_id.is_(None)
        return self._session.scalars(
            select(Closure)
            .where(
                Closure.tenant_id == self._tenant_id,
                Closure.site_id == site_id,
                Closure.withdrawn_at.is_(None),
                Closure.began_at <= at,
                or_(Closure.ends_at.is_(None), Closure.ends_at > at),
                whole if device_id is None else or_(whole, Closure.device_id == device_id),
            )
            .order_by(Closure.made_at, Closure.closure_id)
        ).first()

    def between(
        self, site_ids: Collection[UUID] | None, since: datetime, until: datetime | None
    ) -> Sequence[Closure]:
        """Not withdrawn, and sharing time with `since` to `until`; in order."""
        found = select(Closure).where(
            Closure.tenant_id == self._tenant_id,
            Closure.withdrawn_at.is_(None),
            or_(Closure.ends_at.is_(None), Closure.ends_at > since),
        )
        if site_ids is not None:
            found = found.where(Closure.site_id.in_(site_ids))
        if until is not None:
            found = found.where(Closure.began_at < until)
        return self._session.scalars(found.order_by(Closure.began_at, Closure.closure_id)).all()

    def of_source(self, site_id: UUID, source: str) -> Sequence[Closure]:
        return self._session.scalars(
            select(Closure)
            .where(
                Closure.tenant_id == self._tenant_id,
                Closure.site_id == site_id,
                Closure.source == source,
                Closure.withdrawn_at.is_(None),
            )
            .with_for_update()
        ).all()
