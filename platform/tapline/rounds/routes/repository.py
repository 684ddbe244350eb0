from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from tapline.rounds.routes.model import RoutePlace
from tapline.uow import UnitOfWork


class RouteRepository:
    """Orders of days that technicians of one tenant have chosen."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def positions(self, technician_id: UUID, day: date) -> Mapping[str, int]:
        chosen = select(RoutePlace).where(
            RoutePlace.tenant_id == self._tenant_id,
            RoutePlace.technician_id == technician_id,
            RoutePlace.day == day,
        )
        return {one.stop: one.position for one in self._session.scalars(chosen)}

    def put(self, technician_id: UUID, day: date, stops: Sequence[str]) -> None:
        """This order and no other."""
        self._session.execute(
            delete(RoutePlace).where(
                RoutePlace.tenant_id == self._tenant_id,
                RoutePlace.technician_id == technician_id,
                RoutePlace.day == day,
            )
        )
        self._session.add_all(
            RoutePlace(
                technician_id=technician_id,
                day=day,
                stop=stop,
                tenant_id=self._tenant_id,
                position=position,
            )
            for position, stop in enumerate(stops)
        )
        self._session.flush()
