"""What follows from what was found: a case with its photos, and what was done for the water."""

from uuid import UUID

from tapline import tickets, water
from tapline.rounds.plans import rules as checklists
from tapline.rounds.plans.model import RoundKind
from tapline.rounds.visits.model import RoundEntry, RoundVisit
from tapline.tickets import About, Source
from tapline.uow import UnitOfWork
from tapline.water import TreatmentKind


def follow(uow: UnitOfWork, visit: RoundVisit, entry: RoundEntry) -> None:
    """Open a case for flaws; what was disinfected or sampled without one is written down."""
    if entry.flaws:
        _report(uow, visit, entry, "")
        return
    _note_water(uow, visit, entry)


def follow_correction(
    uow: UnitOfWork, visit: RoundVisit, before: RoundEntry, entry: RoundEntry
) -> None:
    """A flaw that was overseen is a case; that there was none is added to the open one."""
    if entry.flaws or before.flaws:
        _report(uow, visit, entry, "更正：")
    if before.flaws and not entry.flaws:
        _note_water(uow, visit, entry)


def _report(uow: UnitOfWork, visit: RoundVisit, entry: RoundEntry, prefix: str) -> None:
    items = checklists.parsed(visit.items)
    shown = entry.flaws or range(len(items))
    lines = [checklists.told(items[at], entry.answers[at]) for at in shown]
    words = "；".join(lines)
    ticket = tickets.report(
        uow,
        tenant_id=visit.tenant_id,
        category="round_flaw",
        about=About(source=Source.ROUND, device_id=visit.device_id, facts={"words": words}),
        actor=entry.made_by,
        words=f"{prefix}{visit.name}：{words}{'。' + entry.words if entry.words else ''}",
        subject=f"device:{visit.device_id}:round:{visit.plan_id}",
        file_ids=[UUID(one) for one in entry.file_ids],
    )
    entry.ticket_id = ticket.ticket_id


def _note_water(uow: UnitOfWork, visit: RoundVisit, entry: RoundEntry) -> None:
    file_ids = [UUID(one) for one in entry.file_ids]
    if visit.kind is RoundKind.DISINFECTION:
        water.record_treatment(
            uow,
            tenant_id=visit.tenant_id,
            device_id=visit.device_id,
            kind=TreatmentKind.DISINFECTION,
            actor=entry.made_by,
            at=entry.made_at,
            file_ids=file_ids,
            note=entry.words,
        )
    elif visit.kind is RoundKind.SAMPLING:
        water.record_sample(
            uow,
            tenant_id=visit.tenant_id,
            device_id=visit.device_id,
            actor=entry.made_by,
            at=entry.made_at,
            file_ids=file_ids,
            note=entry.words,
        )
