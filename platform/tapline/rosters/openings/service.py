from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tapline import audit, clock, devices, policy
from tapline.devices import commands
from tapline.devices.commands import CommandState, DeviceCommand
from tapline.errors import InvalidError
from tapline.policy import Policy
from tapline.rosters.openings import rules
from tapline.rosters.openings.model import Flush
from tapline.rosters.openings.repository import FlushRepository
from tapline.rosters.schools import rules as school_rules
from tapline.rosters.schools.model import School
from tapline.rosters.schools.repository import SchoolRepository
from tapline.uow import UnitOfWork

_COMMAND_TTL_S = 6 * 3600
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
    """Have machines flush where students come back within a few days and no water has run.

    May run as often as one likes: a machine is asked once, and again when it did not do it.
    """
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    today = clock.business_date(now)
    schools = SchoolRepository(uow, tenant_id)
    for school in schools.listed():
        opens_on = school_rules.next_return(
            schools.periods(school.school_id), today, within_days=in_force.flush_lead_days
        )
        if opens_on is not None:
            _flush_all(uow, school, opens_on, in_force, now)


def acknowledge(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, opens_on: date, actor: str, words: str
) -> Flush:
    """Somebody has flushed a machine by hand, or seen that it need not be.

    Raises:
        NotFoundError: it need not be flushed for that day.
        InvalidError: no words.
    """
    if not words.strip():
        raise InvalidError("say what was done: an auditor of water quality will ask")
    flush = FlushRepository(uow, tenant_id).get(device_id, opens_on)
    flush.acknowledged_at, flush.acknowledged_by = clock.now(), actor
    flush.words = words.strip()
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="flush.acknowledge",
        subject=f"device:{device_id}",
        reason=flush.words,
    )
    return flush


def listed(uow: UnitOfWork, *, tenant_id: str, school_id: UUID) -> Sequence[FlushView]:
    """The flushes of returns to come and of the last two weeks, the latest day first."""
    since = clock.business_date(clock.now() - _SHOWN)
    rows = FlushRepository(uow, tenant_id).listed(school_id, since)
    return [FlushView(flush, command) for flush, command in rows]


def _flush_all(
    uow: UnitOfWork, school: School, opens_on: date, in_force: Policy, now: datetime
) -> None:
    tenant_id = school.tenant_id
    flushes = FlushRepository(uow, tenant_id)
    places = SchoolRepository(uow, tenant_id).site_ids(school.school_id)
    machines = [one.device_id for one in devices.listed(uow, tenant_id=tenant_id, sites=places)]
    last, known = flushes.last_pours(machines), flushes.of_day(school.school_id, opens_on)
    asked = flushes.commands([one.command_id for one in known.values()])
    for device_id in machines:
        flush = known.get(device_id)
        if flush is None:
            if rules.stood_still(last.get(device_id), now, days=in_force.stagnant_days):
                flushes.add(_new_flush(uow, school, device_id, opens_on, last.get(device_id)))
        elif flush.acknowledged_at is None:
            command = asked[flush.command_id]
            if rules.ask_again(command.state, command.expires_at, now):
                flush.command_id = _ask(uow, school, device_id, opens_on)


def _new_flush(
    uow: UnitOfWork, school: School, device_id: str, opens_on: date, last: datetime | None
) -> Flush:
    return Flush(
        device_id=device_id,
        opens_on=opens_on,
        tenant_id=school.tenant_id,
        school_id=school.school_id,
        still_since=last,
        command_id=_ask(uow, school, device_id, opens_on),
        words="",
    )


def _ask(uow: UnitOfWork, school: School, device_id: str, opens_on: date) -> str:
    command = commands.queue(
        uow,
        tenant_id=school.tenant_id,
        device_id=device_id,
        op="flush",
        args={},
        reason=f"{school.name} opens on {opens_on}",
        ttl_s=_COMMAND_TTL_S,
    )
    return command.command_id
