import re
from collections.abc import Sequence

from tapline import audit, clock
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.hotline.numbers.model import HotlineNumber, NumberState
from tapline.hotline.numbers.repository import NumberRepository
from tapline.uow import UnitOfWork


def open_number(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    number: str,
    actor: str,
    outbound_number: str = "",
    duty_phone: str = "",
    flow_code: str = "main",
    provider_routes: bool = False,
    calls_max_per_month: int | None = None,
    calls_max_at_once: int | None = None,
) -> HotlineNumber:
    """Put a number into service; it may be written with hyphens and spaces.

    Raises:
        InvalidError: it has no digits that could be a telephone number.
        ConflictError: it is in service already.
    """
    digits = re.sub(r"[\s-]", "", number)
    if not re.fullmatch(r"\d{5,15}", digits):
        raise InvalidError(f"{number!r} is no telephone number: write 400-000-1234")
    numbers = NumberRepository(uow)
    if numbers.find(digits) is not None:
        raise ConflictError(f"{number} is in service already")
    opened = HotlineNumber(
        number=digits,
        tenant_id=tenant_id,
        state=NumberState.LIVE,
        flow_code=flow_code,
        provider_routes=provider_routes,
        calls_max_per_month=calls_max_per_month,
        calls_max_at_once=calls_max_at_once,
        outbound_number=re.sub(r"[\s-]", "", outbound_number),
        duty_phone=duty_phone,
        opened_at=clock.now(),
    )
    numbers.add(opened)
    audit.record(
        uow, tenant_id=tenant_id, actor=actor, action="hotline.opened", subject=f"number:{digits}"
    )
    return opened


def numbers_of(uow: UnitOfWork, *, tenant_id: str) -> Sequence[HotlineNumber]:
    """The operator's numbers."""
    return NumberRepository(uow).of_tenant(tenant_id)


def set_number_state(
    uow: UnitOfWork, *, tenant_id: str, number: str, state: NumberState, actor: str, reason: str
) -> HotlineNumber:
    """Suspend a number or put it back into service; calls under way are finished.

    Raises:
        NotFoundError: the operator has no such number.
    """
    found = NumberRepository(uow).find(number, lock=True)
    if found is None or found.tenant_id != tenant_id:
        raise NotFoundError(f"no hotline number {number}")
    found.state = state
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action=f"hotline.{state.value}",
        subject=f"number:{number}",
        reason=reason,
    )
    return found
