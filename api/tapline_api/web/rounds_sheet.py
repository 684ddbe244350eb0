"""Rounds over a time as rows: what was due, what was done, and what it showed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tapline import clock, rounds, sites
from tapline.files.sheets import Cell
from tapline.people import Scope
from tapline.rounds import plans
from tapline.rounds.visits import RoundEntry, RoundVisit
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api import labels
from tapline_api.formats import Formats
from tapline_api.words import N_

_HEADS = (
    N_("Site"),
    N_("Machine"),
    N_("Round"),
    N_("Kind"),
    N_("Due on"),
    N_("Done"),
    N_("By whom"),
    N_("Login"),
    N_("State"),
    N_("Found"),
    N_("Photos"),
    N_("Late"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A visit with its site and the entry that counts, as far as there is one."""

    visit: RoundVisit
    site: Site | None
    entry: RoundEntry | None

    @property
    def was_late(self) -> bool:
        """Whether it was done after its time, or still is not."""
        visit, today = self.visit, clock.business_date(clock.now())
        done_on = clock.business_date(visit.done_at) if visit.done_at else today
        return done_on >= visit.late_from and visit.state is not rounds.visits.VisitState.DROPPED


def shown(uow: UnitOfWork, scope: Scope, since: date, until: date) -> list[Shown]:
    """The visits of a scope that were due between these days, both included, latest first."""
    visits = rounds.visits.listed(
        uow, tenant_id=scope.tenant_id, since=since, until=until, among=scope.sites
    )
    places: Mapping[UUID, Site] = {
        one.site_id: one for one in sites.listed(uow, tenant_id=scope.tenant_id)
    }
    entries = rounds.visits.entries_of(
        uow, tenant_id=scope.tenant_id, visit_ids=[one.visit_id for one in visits]
    )
    return [
        Shown(one, places.get(one.site_id) if one.site_id else None, _last(entries[one.visit_id]))
        for one in visits
    ]


def table(found: Sequence[Shown], people: Mapping[str, str], formats: Formats) -> list[list[Cell]]:
    """As Excel has it, the first row with headings; `people` are names by their logins."""
    say = formats.translate
    rows: list[list[Cell]] = [[say(head) for head in _HEADS]]
    for one in found:
        visit = one.visit
        site = one.site.name if one.site else ""
        done = formats.exact(visit.done_at) if visit.done_at else ""
        rows.append(
            [
                site,
                visit.device_id,
                visit.name,
                say(labels.of(visit.kind)),
                visit.due_on.isoformat(),
                done,
                people.get(visit.done_by, "") if visit.done_by else "",
                visit.done_by or "",
                say(labels.of(visit.state)),
                "；".join(plans.told(visit.items, one.entry.answers)) if one.entry else "",
                len(one.entry.file_ids) if one.entry else 0,
                say(N_("late")) if one.was_late else "",
            ]
        )
    return rows


def _last(entries: Sequence[RoundEntry]) -> RoundEntry | None:
    """The one that counts: a visit that could not be made has none."""
    return next((one for one in reversed(entries) if one.answers), None)
