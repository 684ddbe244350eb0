import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tapline import audit, cards, clock, people
from tapline.errors import ConflictError
from tapline.files import FlawedError, sheets
from tapline.files.rules import plain_name
from tapline.files.sheets import Row
from tapline.ids import new_id
from tapline.people.identities.rules import ADULT_AGE, age
from tapline.rosters.schools.repository import SchoolRepository
from tapline.rosters.students import rules
from tapline.rosters.students.columns import FIELDS, Entry, entries
from tapline.rosters.students.model import RosterDraft, Student
from tapline.rosters.students.repository import DraftRepository, StudentRepository
from tapline.rosters.students.rules import CardFacts, Plan
from tapline.uow import UnitOfWork

_DRAFTS_KEPT = timedelta(days=7)


def upload(
    uow: UnitOfWork, *, tenant_id: str, school_id: UUID, name: str, content: bytes, actor: str
) -> RosterDraft:
    """Keep a school's list, CSV or Excel, until it is applied or a week has passed.

    Raises:
        NotFoundError: the tenant has no such school.
        FlawedError: the file is no table, or names no students.
    """
    SchoolRepository(uow, tenant_id).get(school_id)
    rows = sheets.read(content)
    entries(rows)
    draft = RosterDraft(
        draft_id=new_id(),
        tenant_id=tenant_id,
        school_id=school_id,
        name=plain_name(name),
        sha256=hashlib.sha256(content).digest(),
        rows=[[row.number, list(row.cells)] for row in rows],
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    DraftRepository(uow, tenant_id).add(draft)
    _record(uow, draft, actor, "roster.upload", draft.name)
    return draft


def draft(uow: UnitOfWork, *, tenant_id: str, draft_id: UUID) -> RosterDraft:
    """A list that was sent; `NotFoundError` where the tenant has none such."""
    return DraftRepository(uow, tenant_id).get(draft_id)


def planned(uow: UnitOfWork, *, draft: RosterDraft) -> Plan:
    """What applying a list would do now. Changes nothing.

    Raises:
        ConflictError: it was applied, or is forgotten.
    """
    if draft.rows is None:
        raise ConflictError("this list was applied or is too old: send it again")
    tenant_id = draft.tenant_id
    found, flaws = entries([Row(line, tuple(cells)) for line, cells in draft.rows])
    students = StudentRepository(uow, tenant_id)
    card_nos = {one.card_no for one in found if one.card_no is not None}
    return rules.plan(
        found,
        flaws,
        students.of_school(draft.school_id),
        _cards(uow, tenant_id, card_nos),
        students.carried_elsewhere(draft.school_id, card_nos),
    )


def apply(uow: UnitOfWork, *, tenant_id: str, draft_id: UUID, actor: str) -> RosterDraft:
    """Let a list count, all of it or nothing; applied again it is done already.

    Students are added and changed, none is removed. Cards of theirs that nobody holds are
    registered to them, or to their guardian where they have no phone of their own.

    Raises:
        NotFoundError: the tenant has no such list.
        FlawedError: something is wrong with a line.
        ConflictError: the list is too old.
    """
    drafts = DraftRepository(uow, tenant_id)
    draft = drafts.get(draft_id, lock=True)
    if draft.applied_at is not None:
        return draft
    # Card numbers are one space for all schools of a tenant: one list counts at a time.
    SchoolRepository(uow, tenant_id).be_alone()
    plan = planned(uow, draft=draft)
    if plan.flaws:
        raise FlawedError(plan.flaws)
    new = [*plan.added, *(change.entry for change in plan.changed)]
    _write(uow, draft, new)
    _register(uow, draft, new, actor)
    draft.rows, draft.applied_by, draft.applied_at = None, actor, clock.now()
    draft.added, draft.changed = len(plan.added), len(plan.changed)
    _record(uow, draft, actor, "roster.apply", f"{draft.added} new, {draft.changed} changed")
    return draft


def search(
    uow: UnitOfWork, *, tenant_id: str, school_id: UUID, words: str = "", limit: int = 100
) -> Sequence[Student]:
    """Students by number, name, class, or the end of card or phone number; all where no words."""
    return StudentRepository(uow, tenant_id).search(school_id, words.strip(), limit)


def student(uow: UnitOfWork, *, tenant_id: str, student_id: UUID) -> Student:
    """One student; `NotFoundError` where the tenant has none such."""
    return StudentRepository(uow, tenant_id).get(student_id)


def classes(uow: UnitOfWork, *, tenant_id: str, school_id: UUID) -> Sequence[tuple[str, int]]:
    """The classes of a school, and how many students each has."""
    return StudentRepository(uow, tenant_id).classes(school_id)


def follow_replaced(uow: UnitOfWork, *, tenant_id: str, card_no: str, new_card_no: str) -> None:
    """Another card took a card's place: the student who carried it carries that one. Where another
    student's list names the new card already, it stands. Said again, the same."""
    students = StudentRepository(uow, tenant_id)
    carrier = students.carrying(card_no)
    if carrier is not None and students.carrying(new_card_no) is None:
        carrier.card_no, carrier.updated_at = new_card_no, clock.now()
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=audit.SYSTEM,
            action="roster.follow",
            subject=f"student:{carrier.student_id}",
            reason=f"{card_no}: {new_card_no}",
        )


def forget_drafts(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Erase what was sent a week ago and never applied: it is about people."""
    DraftRepository(uow, tenant_id).forget(clock.now() - _DRAFTS_KEPT)


def _cards(uow: UnitOfWork, tenant_id: str, card_nos: set[str]) -> dict[str, CardFacts]:
    known = cards.known(uow, tenant_id=tenant_id, card_nos=card_nos)
    return {
        number: CardFacts(card.state, _holder_phone(uow, card)) for number, card in known.items()
    }


def _holder_phone(uow: UnitOfWork, card: cards.Card) -> str | None:
    if card.customer_id is None:
        return None
    holder = people.find_customer(uow, tenant_id=card.tenant_id, customer_id=card.customer_id)
    return None if holder is None else holder.phone


def _write(uow: UnitOfWork, draft: RosterDraft, new: Sequence[Entry]) -> None:
    students = StudentRepository(uow, draft.tenant_id)
    known = {one.student_no: one for one in students.of_school(draft.school_id)}
    # Two students may have changed cards with each other.
    dealt_anew = [
        known[one.student_no].student_id
        for one in new
        if one.student_no in known and known[one.student_no].card_no != one.card_no
    ]
    students.free_cards(dealt_anew)
    for entry in new:
        student = known.setdefault(
            entry.student_no,
            Student(student_id=new_id(), tenant_id=draft.tenant_id, school_id=draft.school_id),
        )
        for name in FIELDS:
            setattr(student, name, getattr(entry, name))
        student.updated_at = clock.now()
    students.add_all(list(known.values()))


def _register(uow: UnitOfWork, draft: RosterDraft, new: Sequence[Entry], actor: str) -> None:
    """Register cards that nobody holds to those who carry them."""
    held = [one for one in new if one.card_no is not None and one.contact is not None]
    numbers = [one.card_no for one in held if one.card_no is not None]
    known = cards.known(uow, tenant_id=draft.tenant_id, card_nos=numbers)
    for entry in held:
        assert entry.card_no is not None
        if known[entry.card_no].customer_id is not None:
            continue
        holder = _holder(uow, draft.tenant_id, entry)
        cards.assign(
            uow,
            tenant_id=draft.tenant_id,
            card_no=entry.card_no,
            customer_id=holder.customer_id,
            actor=actor,
            reason=f"roster {draft.name}, line {entry.line}",
        )
        _note_guardian(uow, holder, entry, actor)


def _holder(uow: UnitOfWork, tenant_id: str, entry: Entry) -> people.Customer:
    """The customer whom the student's phone belongs to, or his guardian's where he has none."""
    assert entry.contact is not None
    holder = people.customer_by_phone(uow, tenant_id=tenant_id, phone=entry.contact)
    if holder is not None:
        return holder
    name = entry.name if entry.phone else entry.guardian_name or entry.name
    return people.create_customer(uow, tenant_id=tenant_id, phone=entry.contact, name=name)


def _note_guardian(uow: UnitOfWork, holder: people.Customer, entry: Entry, actor: str) -> None:
    """Of a minor with a phone of his own, note who stands for him."""
    guardian = (entry.guardian_name, entry.guardian_phone)
    is_own = entry.phone is not None and entry.phone != entry.guardian_phone
    if not is_own or entry.born_on is None or None in guardian or not _is_minor(entry):
        return
    assert entry.guardian_name is not None
    assert entry.guardian_phone is not None
    people.set_guardian(
        uow,
        tenant_id=holder.tenant_id,
        customer_id=holder.customer_id,
        born_on=entry.born_on,
        name=entry.guardian_name,
        phone=entry.guardian_phone,
        actor=actor,
        reason=f"the school's list names student {entry.student_no}",
    )


def _is_minor(entry: Entry) -> bool:
    assert entry.born_on is not None
    return age(entry.born_on, clock.business_date(clock.now())) < ADULT_AGE


def _record(uow: UnitOfWork, draft: RosterDraft, actor: str, action: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=draft.tenant_id,
        actor=actor,
        action=action,
        subject=f"school:{draft.school_id}",
        reason=reason,
    )
