from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import clock, devices, policy, sites, tickets
from tapline.people import Staff
from tapline.rounds.routes import rules
from tapline.rounds.routes.repository import RouteRepository
from tapline.rounds.routes.rules import Stop
from tapline.rounds.visits import service as visits
from tapline.rounds.visits.model import RoundVisit
from tapline.sites import Site
from tapline.tickets import Priority, Source, Ticket, work_orders
from tapline.tickets.work_orders import WorkOrder
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A technician's day: where he goes in order, what waits for a part, what is done."""

    stops: Sequence[Stop]
    works: Mapping[str, WorkOrder]
    rounds: Mapping[str, RoundVisit]
    """By the key of their stop."""
    waiting: Sequence[WorkOrder]
    """For a part, or for an appointment on another day."""
    done: Sequence[WorkOrder]
    done_rounds: Sequence[RoundVisit]
    foreseen: int
    """How many of the stops are only foreseen, of at most `foreseen_max` a day."""
    foreseen_max: int
    by_hand: bool


def day_of(uow: UnitOfWork, *, technician: Staff) -> Day:
    """Today as it stands now."""
    tenant_id, own_id = technician.tenant_id, technician.staff_id
    now = clock.now()
    today = clock.business_date(now)
    has = work_orders.of_technician(uow, tenant_id=tenant_id, technician_id=own_id)
    waiting = [one for one in has if _is_for_later(one, now)]
    works = {f"work:{one.work_order_id}": one for one in has if one not in waiting}
    due = visits.of_technician(uow, technician=technician, until=today)
    rounds = {
        f"round:{one.visit_id}": one for one in due if not _begins_later(one.window_from, now)
    }
    of_work = {
        key: tickets.get(uow, tenant_id=tenant_id, ticket_id=one.ticket_id)
        for key, one in works.items()
    }
    places = _Places.of(uow, tenant_id)
    stops = [
        *(places.of_work(key, works[key], of_work[key], now) for key in works),
        *(places.of_round(key, one) for key, one in rounds.items()),
    ]
    by_hand = RouteRepository(uow, tenant_id).positions(own_id, today)
    since = clock.begins(today)
    return Day(
        stops=rules.ordered(stops, by_hand),
        works=works,
        rounds=rounds,
        waiting=waiting,
        done=work_orders.of_technician(
            uow, tenant_id=tenant_id, technician_id=own_id, ended_since=since
        ),
        done_rounds=visits.of_technician(uow, technician=technician, until=today, done_since=since),
        foreseen=sum(one.source is Source.PREDICTION for one in of_work.values()),
        foreseen_max=policy.current(uow, tenant_id=tenant_id).foreseen_visits_per_day_max,
        by_hand=bool(by_hand),
    )


def move(uow: UnitOfWork, *, technician: Staff, key: str, by: int) -> None:
    """Put a stop of today further up (`by` < 0) or down. One that is gone changes nothing."""
    keys = [one.key for one in day_of(uow, technician=technician).stops]
    _put(uow, technician, rules.moved(keys, key, by))


def put_back(uow: UnitOfWork, *, technician: Staff) -> None:
    """The order of the house again."""
    _put(uow, technician, [])


def _put(uow: UnitOfWork, technician: Staff, keys: Sequence[str]) -> None:
    today = clock.business_date(clock.now())
    RouteRepository(uow, technician.tenant_id).put(technician.staff_id, today, keys)


def _is_for_later(work: WorkOrder, now: datetime) -> bool:
    return work.waits_for is not None or _begins_later(work.window_from, now)


def _begins_later(begins_at: datetime | None, now: datetime) -> bool:
    """Whether an appointment is on another day than today, ahead."""
    return begins_at is not None and clock.business_date(begins_at) > clock.business_date(now)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where machines stand."""

    spots: Mapping[str, str]
    sites: Mapping[UUID, Site]

    @classmethod
    def of(cls, uow: UnitOfWork, tenant_id: str) -> "_Places":
        machines = devices.listed(uow, tenant_id=tenant_id)
        known = sites.listed(uow, tenant_id=tenant_id)
        return cls(
            {one.device_id: one.spot for one in machines}, {one.site_id: one for one in known}
        )

    def of_work(self, key: str, work: WorkOrder, ticket: Ticket, now: datetime) -> Stop:
        due_at = ticket.due_at if _has_clock(ticket, now) else None
        return self._stop(key, ticket.site_id, ticket.device_id or "", work.window_from or due_at)

    def of_round(self, key: str, visit: RoundVisit) -> Stop:
        return self._stop(key, visit.site_id, visit.device_id, visit.window_from)

    def _stop(self, key: str, site_id: UUID | None, device_id: str, at: datetime | None) -> Stop:
        site = self.sites.get(site_id) if site_id else None
        return Stop(
            key=key,
            spot=self.spots.get(device_id, ""),
            site=site.code if site else "",
            at=(site.x, site.y) if site else None,
            clock=at,
        )


def _has_clock(ticket: Ticket, now: datetime) -> bool:
    """Whether somebody waits: an urgent case, or one that is due within the day."""
    if ticket.source is Source.PREDICTION:
        return False
    return ticket.priority is Priority.URGENT or ticket.due_at <= now + timedelta(hours=12)
