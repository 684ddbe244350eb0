"""What the exchange tells us: taken in whole, whatever its order, and never refused."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tapline import clock
from tapline.hotline.calls.model import Call, CallState, Direction
from tapline.hotline.calls.repository import CallEventRepository, CallRepository
from tapline.hotline.calls.service import changed
from tapline.hotline.commands.service import asked_secretly
from tapline.hotline.flows.rules import KEYS
from tapline.hotline.numbers.model import HotlineNumber
from tapline.hotline.numbers.repository import NumberRepository
from tapline.hotline.port import PortEvent
from tapline.hotline.seats import service as seats
from tapline.hotline.steps import FOLLOWED, STEPS
from tapline.ids import new_id
from tapline.uow import UnitOfWork

_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an event moved something; if not, why."""

    ignored: str | None = None


def on_port_event(uow: UnitOfWork, *, tenant_id: str, event: PortEvent) -> Verdict:
    """Take in one event of the exchange.

    Total: what is unknown, late, repeated or out of order is kept with the reason why it moved
    nothing, and never raises. The record of a call reads it all the same.
    """
    number = _number(uow, tenant_id, event)
    known = CallEventRepository(uow, tenant_id)
    if number is None or not _is_possible(event):
        wrong = "unknown_number" if number is None else "impossible_time"
        repeated = known.is_known(event.provider, event.id)
        return _keep(uow, tenant_id, None, event, "duplicate" if repeated else wrong)
    call = _call(uow, number, event)  # locked: from here on its events come one by one
    if known.is_known(event.provider, event.id):
        return _keep(uow, tenant_id, None, event, "duplicate")
    steps = FOLLOWED if number.provider_routes else STEPS
    step = steps.get(event.type)
    reason = step(uow, call, event) if step else "unknown_type"
    verdict = _keep(uow, tenant_id, call, event, reason)
    changed(uow, call)
    return verdict


def on_unreadable(
    uow: UnitOfWork, *, tenant_id: str, provider: str, body: bytes, reason: str
) -> Verdict:
    """Keep what came signed and cannot be read, for whoever mends the adapter."""
    now = clock.now()
    CallEventRepository(uow, tenant_id).add(
        {
            "provider": provider,
            "kind": "unreadable",
            "occurred_at": now,
            "received_at": now,
            "detail": {"body": body[:4000].decode("utf-8", "replace").replace("\0", "")},
            "ignored": reason[:400],
        }
    )
    return Verdict("unreadable")


def phone_number(ani: str) -> str:
    """A caller's number as we write numbers: digits, a mobile one without country code.

    Anything else, such as `anonymous`, is a hidden number: the empty text.
    """
    digits = re.sub(r"[\s()-]", "", ani)
    digits = re.sub(r"^(\+|00)86", "", digits)
    return digits if re.fullmatch(r"\d{3,15}", digits) else ""


def _number(uow: UnitOfWork, tenant_id: str, event: PortEvent) -> HotlineNumber | None:
    """The hotline number concerned; a call of ours is known by its reference alone."""
    numbers = NumberRepository(uow)
    number = numbers.find(phone_number(event.call.dnis))
    if number is None:
        call = CallRepository(uow, tenant_id).of_ref(event.provider, event.call.ref)
        number = numbers.find(call.number) if call else None
    return number if number and number.tenant_id == tenant_id else None


def _call(uow: UnitOfWork, number: HotlineNumber, event: PortEvent) -> Call:
    """The call, locked; any event may be the first that we hear of it."""
    calls = CallRepository(uow, number.tenant_id)
    known = calls.of_ref(event.provider, event.call.ref)
    if known is not None:
        return known
    call_id = new_id()
    calls.add_once(
        {
            "call_id": call_id,
            "tenant_id": number.tenant_id,
            "provider": event.provider,
            "ref": event.call.ref,
            "direction": Direction.IN,
            "number": number.number,
            "ani": phone_number(event.call.ani),
            "state": CallState.ARRIVED,
            "begun_at": event.occurred_at,
            "work_id": f"call:{call_id}",
        }
    )
    made = calls.of_ref(event.provider, event.call.ref)
    assert made is not None
    return made


def _is_possible(event: PortEvent) -> bool:
    """Whether its moments can be true: a provider's clock may be wrong, or its zone."""
    earliest, latest = _EARLIEST, clock.now() + timedelta(days=1)
    told = (getattr(event.times, name) for name in event.times.__struct_fields__)
    moments = (event.occurred_at, *(moment for moment in told if moment is not None))
    return all(earliest < moment < latest for moment in moments)


def _keep(
    uow: UnitOfWork, tenant_id: str, call: Call | None, event: PortEvent, reason: str | None
) -> Verdict:
    now = clock.now()
    CallEventRepository(uow, tenant_id).add(
        {
            "call_id": call.call_id if call else None,
            "provider": event.provider,
            "provider_event_id": None if reason == "duplicate" else event.id,
            "kind": event.type,
            "occurred_at": event.occurred_at if _is_possible(event) else now,
            "received_at": now,
            "detail": _detail(uow, tenant_id, call, event),
            "ignored": reason,
        }
    )
    return Verdict(reason)


def _detail(uow: UnitOfWork, tenant_id: str, call: Call | None, event: PortEvent) -> dict[str, Any]:
    """What the event tells beside its kind."""
    told: dict[str, Any] = {"ref": event.call.ref}
    for name in ("leg", "times", "result", "recording"):
        values = {k: v for k, v in msgspec.to_builtins(getattr(event, name)).items() if v}
        if values:
            told[name] = values
    if event.ivr.digits:
        told["digits"] = _kept_keys(uow, event)
    if event.agent.ref:
        told["agent"] = event.agent.ref
        agent_id = seats.staff_at(uow, tenant_id=tenant_id, phone=event.agent.ref)
    else:
        agent_id = call.agent_id if call and event.type == "call.answered" else None
    if agent_id is not None:
        told["agent_id"] = str(agent_id)
    return told


def _kept_keys(uow: UnitOfWork, event: PortEvent) -> str:
    """What a caller pressed, unless it was, or may have been, a secret."""
    keys = event.ivr.digits
    if not KEYS.fullmatch(keys):
        return ""
    if event.command_id is None:
        return keys if len(keys) == 1 else ""  # a menu's key; a longer one may be a password
    return "" if asked_secretly(uow, event.command_id) else keys
