"""What one agent has on his telephone now: the panel of his console, and nobody else's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tapline import routing
from tapline.hotline import works
from tapline.hotline.callbacks.model import CallBack
from tapline.hotline.callbacks.repository import CallBackRepository
from tapline.hotline.calls.model import Call, CallState
from tapline.hotline.calls.repository import CallRepository
from tapline.uow import UnitOfWork


class Stage(StrEnum):
    OFFERED = "offered"
    CONNECTING = "connecting"
    TALKING = "talking"
    HELD = "held"
    WRAP_UP = "wrap_up"


@dataclass(frozen=True, slots=True)
class Current:
    """The call, or the call-back that is offered and has no call yet; never neither."""

    stage: Stage
    call: Call | None
    call_back: CallBack | None = None
    offer_id: str | None = None
    until: datetime | None = None
    """When the offer, or the wrap-up, ends by itself."""


_STAGES = {
    CallState.CONNECTING: Stage.CONNECTING,
    CallState.TALKING: Stage.TALKING,
    CallState.HELD: Stage.HELD,
}


def current_for(uow: UnitOfWork, *, tenant_id: str, agent_id: str) -> Current | None:
    """What this agent is offered, talks on, or wraps up.

    It follows the router at this very moment: an offer that is rescinded is gone from here.
    """
    seen = routing.agent_view(uow, tenant_id=tenant_id, agent_id=agent_id)
    if seen is not None and seen.offer is not None:
        found = _offered(uow, tenant_id, seen.offer)
        if found is not None:
            return found
    calls = CallRepository(uow, tenant_id)
    live = calls.of_agent(UUID(agent_id), tuple(_STAGES))
    if live is not None:
        return Current(_STAGES[live.state], live)
    if seen is not None and seen.wrap_up_until is not None:
        last = calls.of_agent(UUID(agent_id), (CallState.ENDED,))
        return Current(Stage.WRAP_UP, last, until=seen.wrap_up_until) if last else None
    return _ringing_by_provider(calls, UUID(agent_id))


def _offered(uow: UnitOfWork, tenant_id: str, offer: routing.OfferView) -> Current | None:
    match works.subject_of(offer.work.work_id):
        case "call", call_id:
            call = CallRepository(uow, tenant_id).get(call_id)
            return Current(Stage.OFFERED, call, None, offer.offer_id, offer.expires_at)
        case "callback", callback_id:
            promise = CallBackRepository(uow, tenant_id).get(callback_id)
            return Current(Stage.OFFERED, None, promise, offer.offer_id, offer.expires_at)
    return None


def _ringing_by_provider(calls: CallRepository, agent_id: UUID) -> Current | None:
    """Where the provider routes there is no offer of ours: the telephone simply rings."""
    call = calls.of_agent(agent_id, (CallState.RINGING,))
    return Current(Stage.OFFERED, call) if call and call.offer_id is None else None
