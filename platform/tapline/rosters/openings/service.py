from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import audit, clock, devices, policy
from tapline.devices import commands
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.errors import ConflictError, InvalidError
from tapline.policy import Policy
from tapline.rosters.openings import rules
from tapline.rosters.openings.model import Flush, FlushCause
from tapline.rosters.openings.repository import FlushRepository
from tapline.rosters.schools import service as schools
from tapline.sites import closures
from tapline.sites.closures import Closure
from tapline.uow import UnitOfWork

_COMMAND_TTL_S = 6 * 3600
_STOP_TTL_S = 7 * 24 * 3600
_MISSED = timedelta(days=1)
_SHOWN = timedelta(days=14)


class FlushView(NamedTuple):
    """A flush and what the machine said to it."""

    flush: Flush
    command: DeviceCommand

    @property
    def is_done(self) -> bool:
        """Whether the machine did it, or a person said that it is done."""
        return self.flush.acknowledged_at is not None or self.command.state is CommandState.DONE


def prepare(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Have machines flush where a closed site opens within a few days and no water has run; until
    it is done they sell nothing.

    May run as often as one likes: a machine is asked once, and again when it did not do it.
    """
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    for school in schools.listed(uow, tenant_id=tenant_id):
        schools.follow(uow, school)
    _go_on(uow, tenant_id, now)
    until = now + timedelta(days=in_force.flush_lead_days)
    since = now - _MISSED  # one that ended before anybody knew
    for closure in closures.listed(uow, tenant_id=tenant_id, since=since, until=now):
        if closure.ends_at is not None and closure.ends_at <= until:
            _flush_all(uow, closure, closure.ends_at, in_force, now)


def acknowledge(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, opens_on: date, actor: str, words: str
) -> Flush:
    """Somebody has flushed a machine by hand, or seen that it need not be: it sells again.

    Raises:
        NotFoundError: it need not be flushed for that day.
        InvalidError: no words.
    """
    if not words.strip():
        raise InvalidError("say what was done: an auditor of water quality will ask")
    flush = FlushRepository(uow, tenant_id).get(device_id, opens_on)
    flush.acknowledged_at, flush.acknowledged_by = clock.now(), actor
    flush.words = words.strip()
    if flush.ended_at is None:
        _end(uow, flush)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="flush.acknowledge",
        subject=f"device:{device_id}",
        reason=flush.words,
    )
    return flush


def listed(
    uow: UnitOfWork, *, tenant_id: str, among: Collection[UUID] | None = None
) -> Sequence[FlushView]:
    """Flushes for days to come and of the last two weeks, the latest day first; `among` sites."""
    since = clock.business_date(clock.now() - _SHOWN)
    rows = FlushRepository(uow, tenant_id).listed(since, among)
    return [FlushView(flush, command) for flush, command in rows]


def ask(uow: UnitOfWork, *, tenant_id: str, device_id: str, reason: str) -> str:
    """Have a machine let its water out; the command's id."""
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="flush",
        args={},
        reason=reason,
        ttl_s=_COMMAND_TTL_S,
    )
    return command.command_id


def is_closed(
    uow: UnitOfWork, tenant_id: str, site_id: UUID | None, device_id: str, at: datetime
) -> bool:
    """Whether nobody is to draw water from a machine at `at`."""
    if site_id is None:
        return False
    closure = closures.closed(uow, tenant_id=tenant_id, site_id=site_id, at=at, device_id=device_id)
    return closure is not None


def _go_on(uow: UnitOfWork, tenant_id: str, now: datetime) -> None:
    """End what machines have done since, and ask those again that did not."""
    flushes = FlushRepository(uow, tenant_id)
    begun = flushes.unended()
    asked = flushes.commands([one.command_id for one in begun])
    for flush in begun:
        command = asked[flush.command_id]
        if command.state is CommandState.DONE:
            _end(uow, flush)
        elif rules.ask_again(command.state, command.expires_at, now) and commands.understands(
            uow, device_id=flush.device_id, op=command.op
        ):
            flush.command_id = ask(
                uow, tenant_id=tenant_id, device_id=flush.device_id, reason=command.reason
            )


def _flush_all(
    uow: UnitOfWork, closure: Closure, opens_at: datetime, in_force: Policy, now: datetime
) -> None:
    tenant_id, opens_on = closure.tenant_id, clock.business_date(opens_at)
    flushes = FlushRepository(uow, tenant_id)
    machines = [
        one.device_id
        for one in devices.listed(uow, tenant_id=tenant_id, sites=[closure.site_id])
        if closure.device_id in {None, one.device_id}
    ]
    last, known = flushes.last_pours(machines), flushes.known(opens_on)
    for device_id in machines:
        if (
            device_id not in known
            and rules.stood_still(last.get(device_id), now, days=in_force.stagnant_days)
            and not is_closed(uow, tenant_id, closure.site_id, device_id, opens_at)
        ):
            flushes.add(_begun(uow, closure, device_id, opens_on, last.get(device_id)))


def _begun(
    uow: UnitOfWork, closure: Closure, device_id: str, opens_on: date, last: datetime | None
) -> Flush:
    tenant_id, reason = closure.tenant_id, f"{closure.words}: opens on {opens_on}"
    return Flush(
        device_id=device_id,
        opens_on=opens_on,
        tenant_id=tenant_id,
        site_id=closure.site_id,
        cause=FlushCause.OPENING,
        still_since=last,
        stop_id=_stop(uow, tenant_id, device_id, reason),
        command_id=ask(uow, tenant_id=tenant_id, device_id=device_id, reason=reason),
        words="",
    )


def _stop(uow: UnitOfWork, tenant_id: str, device_id: str, reason: str) -> str | None:
    """Let nobody drink before it; a machine that somebody else has stopped is his."""
    stopping = commands.open_commands(uow, device_id=device_id, op="stop_sale")
    if stopping or not commands.sells(uow, device_id=device_id):
        return None
    command = commands.queue(
        uow,
        tenant_id=tenant_id,
        device_id=device_id,
        op="stop_sale",
        args={},
        reason=reason,
        ttl_s=_STOP_TTL_S,
    )
    return command.command_id


def _end(uow: UnitOfWork, flush: Flush) -> None:
    """The water is fresh: let the sale go on, unless somebody has stopped it for another reason."""
    flush.ended_at = clock.now()
    if flush.stop_id is None:
        return
    stopping = commands.open_commands(uow, device_id=flush.device_id, op="stop_sale")
    last = commands.last_stop(uow, device_id=flush.device_id)
    stops = {one.command_id for one in stopping} | ({last.command_id} if last else set())
    if stops != {flush.stop_id}:
        return
    try:
        commands.queue(
            uow,
            tenant_id=flush.tenant_id,
            device_id=flush.device_id,
            op="resume_sale",
            args={},
            reason="flushed",
            ttl_s=_STOP_TTL_S,
        )
    except ConflictError:
        return  # whoever lifts what forbids it lets it sell
