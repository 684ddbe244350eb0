"""What a school's list would change, and what keeps it from counting. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tapline.cards import CardState
from tapline.files import Flaw
from tapline.rosters.students.columns import FIELDS, Entry
from tapline.rosters.students.model import Student

__all__ = ["CardFacts", "Change", "Entry", "Flaw", "Plan", "plan"]


class CardFacts(NamedTuple):
    """What matters of a card here: its state, and the phone of who holds it, if anybody does."""

    state: CardState
    holder_phone: str | None


class Change(NamedTuple):
    """A student who is known, and what his list says differently: field -> (before, after)."""

    entry: Entry
    fields: Mapping[str, tuple[object, object]]


@dataclass(slots=True)
class Plan:
    """What applying a list would do; with flaws, nothing."""

    added: list[Entry] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    left_out: list[str] = field(default_factory=list)
    """Numbers of students that we know and the list does not: they stay as they are."""
    flaws: list[Flaw] = field(default_factory=list)


def plan(
    entries: Sequence[Entry],
    flaws: Sequence[Flaw],
    known: Sequence[Student],
    cards: Mapping[str, CardFacts],
    carried: Mapping[str, str],
) -> Plan:
    """Hold a list against what we know.

    Args:
        entries: the students that could be read.
        flaws: what could not.
        known: the school's students.
        cards: those cards of the list that are the tenant's.
        carried: card number -> student number, of students of other schools.
    """
    drafted = Plan(flaws=list(flaws))
    before = {one.student_no: one for one in known}
    drafted.flaws += _repeated(entries)
    for one in entries:
        student = before.get(one.student_no)
        if student is None or student.card_no != one.card_no:
            drafted.flaws += _card_flaws(one, cards, carried)
    drafted.flaws += _taken(entries, before)
    for entry in entries:
        student = before.get(entry.student_no)
        if student is None:
            drafted.added.append(entry)
        elif differences := _differences(student, entry):
            drafted.changed.append(Change(entry, differences))
        else:
            drafted.unchanged += 1
    listed = {one.student_no for one in entries}
    drafted.left_out = sorted(before.keys() - listed)
    drafted.flaws.sort()
    return drafted


def _differences(student: Student, entry: Entry) -> dict[str, tuple[object, object]]:
    pairs = {name: (getattr(student, name), getattr(entry, name)) for name in FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _repeated(entries: Sequence[Entry]) -> list[Flaw]:
    flaws: list[Flaw] = []
    for name, called in (("student_no", "学号"), ("card_no", "卡号")):
        first: dict[str, int] = {}
        for entry in entries:
            value = getattr(entry, name)
            if value is None:
                continue
            if value in first:
                flaws.append(Flaw(entry.line, "repeated", called, value))
            first.setdefault(value, entry.line)
    return flaws


def _card_flaws(
    entry: Entry, cards: Mapping[str, CardFacts], carried: Mapping[str, str]
) -> list[Flaw]:
    if entry.card_no is None:
        return []
    card = cards.get(entry.card_no)
    if card is None:
        code = "no_card"
    elif card.state is not CardState.ACTIVE:
        code = "card_not_in_use"
    elif entry.card_no in carried:
        code = "card_of_other_school"
    elif card.holder_phone not in {None, entry.contact}:
        code = "card_of_other_phone"
    else:
        return []
    return [Flaw(entry.line, code, "卡号", entry.card_no)]


def _taken(entries: Sequence[Entry], before: Mapping[str, Student]) -> list[Flaw]:
    """Cards of students whom the list leaves out, or leaves with that card."""
    listed = {one.student_no for one in entries}
    kept = {
        one.card_no: one.student_no
        for one in before.values()
        if one.card_no is not None and one.student_no not in listed
    }
    return [
        Flaw(one.line, "card_of_other_student", "卡号", one.card_no or "")
        for one in entries
        if one.card_no in kept
    ]
