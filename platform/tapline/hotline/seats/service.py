from uuid import UUID

from tapline.errors import ConflictError, InvalidError
from tapline.hotline.seats.model import Seat
from tapline.hotline.seats.repository import SeatRepository
from tapline.uow import UnitOfWork


def give_phone(uow: UnitOfWork, *, tenant_id: str, staff_id: UUID, phone: str) -> Seat:
    """Let calls for this member of staff ring at `phone` instead of at his softphone.

    Raises:
        InvalidError: there is no number.
        ConflictError: it rings for somebody else.
    """
    if not phone.strip():
        raise InvalidError("give the extension or number that shall ring")
    seats = SeatRepository(uow, tenant_id)
    other = seats.of_phone(phone)
    if other is not None and other.staff_id != staff_id:
        raise ConflictError(f"{phone} rings for somebody else already")
    seat = seats.of(staff_id)
    if seat is None:
        seat = Seat(staff_id=staff_id, tenant_id=tenant_id, phone=phone)
        seats.add(seat)
    seat.phone = phone
    return seat


def phone_of(uow: UnitOfWork, *, tenant_id: str, staff_id: UUID) -> str:
    """What rings for this member of staff: the phone given, else the softphone of his login."""
    seats = SeatRepository(uow, tenant_id)
    seat = seats.of(staff_id)
    return seat.phone if seat else seats.login(staff_id) or ""


def staff_at(uow: UnitOfWork, *, tenant_id: str, phone: str) -> UUID | None:
    """Whose telephone this is, if it is one of ours."""
    seats = SeatRepository(uow, tenant_id)
    seat = seats.of_phone(phone)
    return seat.staff_id if seat else seats.of_login(phone)
