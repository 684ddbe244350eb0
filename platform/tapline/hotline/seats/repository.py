from uuid import UUID

from sqlalchemy import select

from tapline.hotline.seats.model import Seat
from tapline.people import Staff
from tapline.uow import UnitOfWork


class SeatRepository:
    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def of(self, staff_id: UUID) -> Seat | None:
        seat = self._session.get(Seat, staff_id)
        return seat if seat and seat.tenant_id == self._tenant_id else None

    def of_phone(self, phone: str) -> Seat | None:
        return self._session.scalar(
            select(Seat).where(Seat.tenant_id == self._tenant_id, Seat.phone == phone)
        )

    def login(self, staff_id: UUID) -> str | None:
        return self._session.scalar(
            select(Staff.login).where(
                Staff.tenant_id == self._tenant_id, Staff.staff_id == staff_id
            )
        )

    def of_login(self, login: str) -> UUID | None:
        return self._session.scalar(
            select(Staff.staff_id).where(Staff.tenant_id == self._tenant_id, Staff.login == login)
        )

    def add(self, seat: Seat) -> None:
        self._session.add(seat)
        self._session.flush()
