from collections.abc import Collection, Sequence
from typing import Any

from tapline import clock
from tapline.devices.holds.model import SaleHold
from tapline.devices.holds.repository import HoldRepository
from tapline.devices.model import Stream
from tapline.devices.repository import DeviceRepository, StreamRepository
from tapline.errors import ConflictError
from tapline.uow import UnitOfWork


class SaleHeldError(ConflictError):
    """The machine must not be told to sell."""

    code = "sale_held"


def hold(uow: UnitOfWork, *, tenant_id: str, device_id: str, cause: str, says: str) -> None:
    """Forbid that the machine is told to sell, until this cause is lifted. `says` is what whoever
    tries is told. Said again it changes nothing.

    Raises:
        NotFoundError: the tenant has no such machine.
    """
    DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    HoldRepository(uow).put(tenant_id, device_id, cause, says, clock.now())


def lift(uow: UnitOfWork, *, tenant_id: str, device_id: str, cause: str) -> None:
    """This cause forbids it no longer; what the machine has reported so far is dealt with."""
    DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    for one in HoldRepository(uow).of(device_id):
        if one.cause == cause and one.lifted_at is None:
            one.lifted_at = clock.now()
            one.safe_upto = StreamRepository(uow).uptos([device_id], Stream.EVT).get(device_id, 0)


def standing(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> Sequence[SaleHold]:
    """What forbids which of a tenant's machines to sell, longest first; of these where given."""
    return HoldRepository(uow).standing(tenant_id, device_ids)


def resuming(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> dict[str, Any]:
    """What a command that resumes the sale has to say besides. The machine is locked.

    Raises:
        SaleHeldError: something forbids it; the message says what to do instead.
    """
    DeviceRepository(uow).get(tenant_id, device_id, lock=True)
    holds = HoldRepository(uow).of(device_id)
    if forbidding := next((one for one in holds if one.lifted_at is None), None):
        raise SaleHeldError(forbidding.says)
    known = [one.safe_upto for one in holds if one.safe_upto is not None]
    return {"safe_upto": max(known)} if known else {}
