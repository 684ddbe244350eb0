from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tapline import clock
from tapline.events import CallChanged
from tapline.hotline.calls.model import Call, CallEvent, CallState
from tapline.hotline.calls.repository import CallEventRepository, CallRepository
from tapline.hotline.records.service import refold
from tapline.uow import UnitOfWork


def call(uow: UnitOfWork, *, tenant_id: str, call_id: UUID) -> Call:
    """One call; `NotFoundError` where the tenant has none such."""
    return CallRepository(uow, tenant_id).get(call_id)


def live_calls(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Call]:
    """The calls that go on, longest first."""
    return CallRepository(uow, tenant_id).live()


def call_events(uow: UnitOfWork, *, tenant_id: str, call_id: UUID) -> Sequence[CallEvent]:
    """Everything that happened on a call, in the order in which it happened."""
    known = CallEventRepository(uow, tenant_id).of_call(
        CallRepository(uow, tenant_id).get(call_id).call_id
    )
    return sorted(known, key=lambda event: (event.occurred_at, event.position))


def note(uow: UnitOfWork, call: Call, kind: str, **detail: Any) -> None:
    """Write down what we ourselves did on a call."""
    now = clock.now()
    CallEventRepository(uow, call.tenant_id).add(
        {
            "call_id": call.call_id,
            "kind": kind,
            "occurred_at": now,
            "received_at": now,
            "detail": detail,
        }
    )


def move(uow: UnitOfWork, call: Call, state: CallState) -> None:
    """Bring a call to a state."""
    call.state = state
    changed(uow, call)


def changed(uow: UnitOfWork, call: Call) -> None:
    """Bring the record in line, and let pages that show the call look again."""
    uow.session.flush()
    outcome = refold(uow, call)
    if call.state is CallState.ENDED:
        call.outcome = outcome or call.outcome
    uow.emit(CallChanged(tenant_id=call.tenant_id, call_id=call.call_id))
