from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tapline import audit, clock, policy
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.events import MachineDark, OutageChanged
from tapline.ids import new_id
from tapline.outages import hearing
from tapline.outages.darkness import Darkness
from tapline.outages.darkness.repository import DarknessRepository
from tapline.outages.incidents import rules, telling
from tapline.outages.incidents.model import Cause, Incident, IncidentKind
from tapline.outages.incidents.repository import IncidentRepository
from tapline.outages.shelter import Shelter, shelter_at
from tapline.people import Scope, Staff
from tapline.policy import Policy
from tapline.uow import UnitOfWork

_WORDS_MAX = 300


def gather(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Make one incident of the machines of a site that went dark together, and keep it up to date.

    Machines in a planned outage, or on a site that is closed, raise nothing. One that stays dark
    on its own, or when the others of its outage are back, is somebody's to look after, once. To be
    called where nobody else does.
    """
    DarknessRepository(uow, tenant_id).be_alone()
    round_ = _Round(uow, tenant_id)
    round_.join_late_comers()
    round_.open_for_sites()
    round_.listen_to_ourselves()
    round_.refresh()
    round_.tell_of_single_machines()


def announce(
    uow: UnitOfWork, *, scope: Scope, staff: Staff, incident_id: UUID, words: str
) -> Incident:
    """Tell the residents of an outage that nobody planned; they are told once.

    Raises:
        NotFoundError: the scope has no such outage.
        InvalidError: no words, or too many.
        ConflictError: it was announced before, or is over, or concerns no site.
    """
    incidents = IncidentRepository(uow, scope.tenant_id)
    found = incidents.get(incident_id, lock=True)
    if scope.sites is not None and found.site_id not in scope.sites:
        raise NotFoundError(f"no outage {incident_id}")
    if found.site_id is None:
        raise ConflictError("this outage is no site's: nobody in particular is told")
    if found.announced_at is not None:
        raise ConflictError("residents were told of it already")
    if found.ended_at is not None:
        raise ConflictError("it is over: nobody is told any more")
    if not 1 <= len(words.strip()) <= _WORDS_MAX:
        raise InvalidError(f"write 1 to {_WORDS_MAX} characters for the residents")
    found.words, found.announced_at, found.announced_by = words.strip(), clock.now(), staff.login
    audit.record(
        uow,
        tenant_id=scope.tenant_id,
        actor=staff.login,
        action="outage.announce",
        subject=f"site:{found.site_id}",
        reason=found.words,
    )
    return found


class _Round:
    """One look at everything that is dark, under the tenant's lock."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._uow, self._tenant_id, self._now = uow, tenant_id, clock.now()
        self._policy: Policy = policy.current(uow, tenant_id=tenant_id)
        self._incidents = IncidentRepository(uow, tenant_id)
        self._open = self._incidents.open()
        self._installed = self._incidents.installed()
        self._calm = timedelta(seconds=self._policy.outage_back_s)
        lag = timedelta(seconds=self._policy.dark_return_s)
        self._shelter: Shelter = shelter_at(uow, tenant_id=tenant_id, at=self._now, lag=lag)
        self._dark = [
            one
            for one in DarknessRepository(uow, tenant_id).open()
            if not self._shelter.covers(one.site_id, one.device_id)
        ]

    @property
    def _alone(self) -> list[Darkness]:
        """Dark and in no outage that was open when this look began: who is left over from one that
        ends now may be part of another, which is found the next time."""
        held = {incident.incident_id for incident in self._open}
        return [one for one in self._dark if one.incident_id not in held]

    def join_late_comers(self) -> None:
        """A machine that goes while its site is out goes with it."""
        for one in self._alone:
            for incident in self._open:
                ours = incident.kind is IncidentKind.OURS and not incident.is_deaf
                there = ours or incident.site_id == one.site_id
                if there and one.began_at >= incident.began_at:
                    one.incident_id = incident.incident_id
                    break

    def open_for_sites(self) -> None:
        """An incident for each site of which enough went together; of many sites, one of ours."""
        by_site: dict[UUID, list[Darkness]] = defaultdict(list)
        for one in self._alone:
            if one.site_id is not None:
                by_site[one.site_id].append(one)
        fresh: dict[UUID, tuple[datetime, list[Darkness]]] = {}
        for site_id, dark in by_site.items():
            went = [one.began_at for one in dark]
            began = rules.mass_began(went, self._installed.get(site_id, 0), self._policy)
            if began is not None:
                fresh[site_id] = began, [one for one in dark if one.began_at >= began]
        recent = [one for one in self._open if self._is_recent(one)]
        members = self._incidents.members([one.incident_id for one in recent])
        dark_count = sum(len(dark) for _, dark in fresh.values()) + sum(
            len(members[one.incident_id]) for one in recent
        )
        began_all = [began for began, _ in fresh.values()] + [one.began_at for one in recent]
        everywhere = sum(self._installed.values())
        if fresh and rules.is_ours(began_all, dark_count, everywhere, self._policy):
            self._open_ours(min(began_all), [d for _, dark in fresh.values() for d in dark], recent)
            return
        for site_id, (began, dark) in sorted(fresh.items()):
            incident = self._new(IncidentKind.SITE, began, self._installed[site_id], site_id)
            self._take_in(incident, dark)
            if not self._incidents.was_out(site_id, self._now - self._calm):
                telling.managers(self._uow, incident, len(dark))

    def listen_to_ourselves(self) -> None:
        """An outage of ours for the time in which nobody read the broker.

        Whether somebody did is only judged by one who was there himself all that time.
        """
        ear = hearing.ear(self._uow)
        watch = hearing.ear(self._uow, listener=hearing.WATCH)
        patience = timedelta(seconds=self._policy.deaf_s)
        deaf = next((one for one in self._open if one.is_deaf), None)
        if ear.since is not None:
            if deaf is not None:
                deaf.is_deaf = False
            return
        watched = watch.since is not None and self._now - watch.since >= patience
        long_ago = ear.heard_until is not None and self._now - ear.heard_until >= patience
        ours = next((one for one in self._open if one.kind is IncidentKind.OURS), None)
        if watched and long_ago and ours is None:
            assert ear.heard_until is not None
            made = self._new(
                IncidentKind.OURS, ear.heard_until, sum(self._installed.values()), None
            )
            made.is_deaf, made.cause = True, Cause.OURS

    def refresh(self) -> None:
        """Count, guess, and close those that are over."""
        self._uow.session.flush()
        members = self._incidents.members([one.incident_id for one in self._open])
        for incident in self._open:
            within = members[incident.incident_id]
            before = (incident.machines, incident.machines_most, incident.cause)
            dark = [one for one in within if one.ended_at is None]
            incident.machines = len(dark)
            incident.machines_most = len({one.device_id for one in within})
            if incident.cause is not Cause.OURS:
                incident.cause = rules.cause_of(
                    [one.returned for one in within],
                    self._incidents.power_failed([one.device_id for one in within]),
                )
            if not incident.is_deaf:
                # The newest of a machine counts: one that went again is away.
                back = {one.device_id: one.ended_at for one in within}
                ended_at = rules.over_at(list(back.values()), self._now, self._policy)
                incident.ended_at = ended_at if within else self._now
            after = (incident.machines, incident.machines_most, incident.cause)
            if before != after or incident.ended_at is not None or incident.found_at == self._now:
                self._say_changed(incident)

    def tell_of_single_machines(self) -> None:
        """Who stays dark without an incident is somebody's to look after, once."""
        patience = timedelta(seconds=self._policy.dark_ticket_s)
        alone = self._alone
        ended = self._incidents.ended({one.incident_id for one in alone if one.incident_id})
        for one in alone:
            # What was told before an outage took it in ended with that.
            before = ended.get(one.incident_id) if one.incident_id else None
            is_told = one.told_at is not None and (before is None or one.told_at >= before)
            if not is_told and self._now - one.began_at >= patience:
                one.told_at = self._now
                self._uow.emit(
                    MachineDark(
                        tenant_id=self._tenant_id,
                        device_id=one.device_id,
                        darkness_id=one.darkness_id,
                    )
                )

    def _is_recent(self, incident: Incident) -> bool:
        window = timedelta(seconds=self._policy.outage_window_s)
        is_site = incident.kind is IncidentKind.SITE
        return is_site and self._now - incident.found_at <= window

    def _open_ours(
        self, began: datetime, dark: Sequence[Darkness], recent: Sequence[Incident]
    ) -> None:
        ours = next((one for one in self._open if one.kind is IncidentKind.OURS), None)
        if ours is None:
            ours = self._new(IncidentKind.OURS, began, sum(self._installed.values()), None)
        for one in recent:
            one.absorbed_by, one.ended_at = ours.incident_id, self._now
            self._incidents.move_members(one.incident_id, ours.incident_id)
            self._open.remove(one)
            self._say_changed(one)
        self._take_in(ours, dark)

    def _new(
        self, kind: IncidentKind, began: datetime, machines_all: int, site_id: UUID | None
    ) -> Incident:
        incident = Incident(
            incident_id=new_id(),
            tenant_id=self._tenant_id,
            kind=kind,
            site_id=site_id,
            began_at=began,
            found_at=self._now,
            is_deaf=False,
            cause=Cause.UNKNOWN,
            machines=0,
            machines_most=0,
            machines_all=machines_all,
        )
        self._incidents.add(incident)
        self._open.append(incident)
        return incident

    def _take_in(self, incident: Incident, dark: Sequence[Darkness]) -> None:
        for one in dark:
            one.incident_id = incident.incident_id

    def _say_changed(self, incident: Incident) -> None:
        self._uow.emit(OutageChanged(tenant_id=self._tenant_id, incident_id=incident.incident_id))
