from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tapline import audit, clock, tickets
from tapline.devices import commands, holds
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.errors import InvalidError
from tapline.events import DeviceChanged, WaterStopped
from tapline.ids import new_id
from tapline.people import Staff
from tapline.tickets import About, Ticket
from tapline.uow import UnitOfWork
from tapline.water.stops import rules
from tapline.water.stops.model import StopCause, WaterStop
from tapline.water.stops.repository import WaterStopRepository

HOLD = "water"
_TTL_S = 7 * 24 * 3600
"""As long as a device keeps its session."""
_SHOWN = 200

EVENT_CAUSES: Mapping[str, StopCause] = {
    "uv_failed": StopCause.UV,
    "membrane_leak": StopCause.MEMBRANE,
    "tds_out_high": StopCause.TDS,
}
"""Codes of `up/evt` that say that the water is not safe."""


class StopView(NamedTuple):
    """A stop, and what the machine said to it."""

    stop: WaterStop
    command: DeviceCommand

    @property
    def is_confirmed(self) -> bool:
        """Whether the machine said that it does not sell: on our word, or by itself before."""
        return self.command.state is CommandState.DONE or self.stop.own_stop_at is not None

    @property
    def needs_hands(self) -> bool:
        """Whether it will not stop on our word: it was refused, failed, or could not be told."""
        return not self.is_confirmed and self.command.state in rules.IN_VAIN

    @property
    def confirmed_at(self) -> datetime | None:
        """When it first said so."""
        done = self.command.answered_at if self.command.state is CommandState.DONE else None
        return min((at for at in (done, self.stop.own_stop_at) if at is not None), default=None)


def stop(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    cause: StopCause,
    evidence: dict[str, Any],
    actor: str = audit.SYSTEM,
    at: datetime | None = None,
    own_stop_at: datetime | None = None,
    sample_id: UUID | None = None,
) -> None:
    """Stop a machine for a cause: told by a signed command, held until the release. Where it is
    stopped for this cause already, one more sign of it is noted.

    Raises:
        NotFoundError: the tenant has no such machine.
    """
    holds.hold(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        cause=HOLD,
        says=(
            f"{device_id} was stopped for its water: treat it, take a sample, and release it with"
            f" a passed report at /console/water/machines/{device_id}"
        ),
    )
    now = clock.now()
    stops = WaterStopRepository(uow, tenant_id)
    standing = {one.cause: one for one in stops.open_of(device_id)}
    known = standing.get(cause)
    if known is not None:
        _add_sign(known, at or now, own_stop_at)
        return
    # The machine is locked: nobody opens another one meanwhile.
    command_id = next((one.command_id for one in standing.values()), None)
    stop_id = new_id()
    stops.add_once(
        {
            "stop_id": stop_id,
            "tenant_id": tenant_id,
            "device_id": device_id,
            "cause": cause,
            "evidence": evidence,
            "signs": 1,
            "last_sign_at": at or now,
            "sample_id": sample_id,
            "stopped_by": actor,
            "opened_at": now,
            "own_stop_at": own_stop_at,
            "command_id": command_id or _tell(uow, tenant_id, device_id, cause),
        }
    )
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="water.stop",
        subject=f"device:{device_id}",
        reason=cause.value,
    )
    uow.emit(WaterStopped(tenant_id=tenant_id, stop_id=stop_id, device_id=device_id))
    uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device_id))


def stop_by_hand(uow: UnitOfWork, *, staff: Staff, device_id: str, words: str) -> None:
    """Somebody saw, smelt or was told that the water is not good. Whoever works here may say so.

    Raises:
        NotFoundError: there is no such machine.
        InvalidError: no words.
    """
    if not words.strip():
        raise InvalidError("say what is wrong with the water: whoever treats it has to know")
    stop(
        uow,
        tenant_id=staff.tenant_id,
        device_id=device_id,
        cause=StopCause.HAND,
        evidence={"words": words.strip()},
        actor=staff.login,
    )


def on_report(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    code: str,
    raised: bool,
    data: Mapping[str, Any],
    moment: datetime | None,
) -> None:
    """A machine reported something of itself, for the first time. What says that its water is not
    safe stops it, whenever it comes: it has a number that no release knew of. That the alarm is
    over releases nothing."""
    cause = EVENT_CAUSES.get(code)
    if cause is None or not raised:
        return
    now = clock.now()
    stop(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        cause=cause,
        evidence={"event": code} | dict(data),
        at=min(moment or now, now),
        own_stop_at=now if data.get("stopped") else None,
    )


def ask_again(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Tell machines once more that did not stop on the last command, for it ran out or failed; one
    that refused after a while, one that cannot be told never. What is merely unanswered is sent
    again when the machine comes back, by the queue itself."""
    now = clock.now()
    for view in standing(uow, tenant_id=tenant_id):
        told = view.command
        stale = rules.ask_again(told.state, told.expires_at, told.answered_at, now)
        if (
            stale
            and not view.is_confirmed
            and commands.understands(uow, device_id=told.device_id, op=told.op)
        ):
            stops = WaterStopRepository(uow, tenant_id).open_of(view.stop.device_id)
            if any(one.command_id == view.command.command_id for one in stops):
                anew = _tell(uow, tenant_id, view.stop.device_id, view.stop.cause)
                for one in stops:
                    one.command_id = anew


def standing(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> Sequence[StopView]:
    """The machines that may not sell because of their water, newest first."""
    rows = WaterStopRepository(uow, tenant_id).with_commands(
        device_ids, open_only=True, limit=10_000
    )
    return [StopView(*row) for row in rows]


def of_devices(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str] | None = None
) -> Sequence[StopView]:
    """Stops and releases, newest first."""
    rows = WaterStopRepository(uow, tenant_id).with_commands(
        device_ids, open_only=False, limit=_SHOWN
    )
    return [StopView(*row) for row in rows]


def ticket(uow: UnitOfWork, *, tenant_id: str, stop_id: UUID) -> Ticket | None:
    """Open the case of a stop, one a machine: another cause is added to it. Called again it
    changes nothing; a stop that was released meanwhile needs none."""
    one = WaterStopRepository(uow, tenant_id).get(stop_id)
    if one.released_at is not None:
        return None
    return tickets.report(
        uow,
        tenant_id=tenant_id,
        category="water_unsafe",
        about=About(facts={"cause": one.cause.value}, device_id=one.device_id),
        actor=audit.SYSTEM,
        words=f"water: {one.cause.value}",
        subject=f"device:{one.device_id}:water_unsafe",
    )


def _tell(uow: UnitOfWork, tenant_id: str, device_id: str, cause: StopCause) -> str:
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="stop_sale",
        args={},
        reason=f"water: {cause.value}",
        ttl_s=_TTL_S,
    )
    return command.command_id


def _add_sign(known: WaterStop, at: datetime, own_stop_at: datetime | None) -> None:
    if at > known.last_sign_at:
        known.signs, known.last_sign_at = known.signs + 1, at
    known.own_stop_at = known.own_stop_at or own_stop_at
