"""What goes on a statement, by how much it differs from what was stated, and its hash. Pure."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from tapline.ledger import Account, Movement, Transfer, chart
from tapline.outages import Span
from tapline.partners.shares.rules import day_end
from tapline.partners.statements.model import Answer, LineKind

_DUE = "due_fen"
"""The fact of a line that says what was due in all, where less is owed for a waiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a partner owes for a subject in all, as things stand; negative where we owe it."""

    kind: LineKind
    subject: str
    amount_fen: int
    account: str
    site_id: UUID
    facts: dict[str, Any] = field(default_factory=dict)
    stretch: Span | None = None
    """All the time that a standstill took, excused or not: what was stated of a machine that
    stopped within it was stated of this, wherever it was thought to begin."""

    def is_of(self, stated: "Due") -> bool:
        """Whether this is the standstill, and the clause, that an earlier line is about."""
        return (
            self.stretch is not None
            and stated.kind is self.kind
            and stated.facts["device"] == self.facts["device"]
            and stated.subject.rpartition(":")[2] == self.subject.rpartition(":")[2]
            and self.stretch.covers(datetime.fromisoformat(stated.facts["at"]))
        )


class Waiver(NamedTuple):
    """A line that was taken back: what was due without it is what is owed."""

    before_fen: int
    """What was stated of the subject before that line."""
    amount_fen: int

    def owed_fen(self, due_fen: int) -> int:
        """What is owed of a due by it: what it grew to since is owed beyond the line, and where it
        fell back, no more is forgiven than there was."""
        if self.amount_fen > 0:
            return max(due_fen - self.amount_fen, min(due_fen, self.before_fen))
        return min(due_fen - self.amount_fen, max(due_fen, self.before_fen))


@dataclass(frozen=True, slots=True)
class Stated:
    """What statements that were issued say of a subject, together."""

    due: Due
    revision: int
    """The last one, whomever that was stated to."""
    waived: tuple[Waiver, ...] = ()
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to be stated."""

    kind: LineKind
    subject: str
    revision: int
    amount_fen: int
    account: str
    site_id: UUID
    facts: dict[str, Any]


def lines(dues: Iterable[Due], stated: Mapping[str, Stated]) -> list[Line]:
    """What is to be stated so that all statements together say what is due.

    A subject that was stated before is corrected by the difference. What was charged and is not
    due any more goes back; so does what was waived, line by line.
    """
    due_now = {due.subject: due for due in dues}
    stated = _named_anew(due_now.values(), stated)
    gone = [one for subject, one in stated.items() if subject not in due_now]
    found = [_line(due, due.amount_fen, stated.get(due.subject)) for due in due_now.values()]
    found += [_line(one.due, _left_fen(one.due), one) for one in gone]
    order = list(LineKind)
    return sorted(
        (line for line in found if line.amount_fen),
        key=lambda line: (order.index(line.kind), str(line.site_id), line.subject),
    )


def _named_anew(dues: Iterable[Due], stated: Mapping[str, Stated]) -> Mapping[str, Stated]:
    """What was stated, by what it is called now: a fact that came late may move the beginning of a
    standstill, or show that two were one."""
    by_machine: dict[str, list[Due]] = defaultdict(list)
    for due in dues:
        if due.stretch is not None:
            by_machine[due.facts["device"]].append(due)
    found: dict[str, Stated] = {}
    for subject, one in stated.items():
        there = by_machine.get(one.due.facts.get("device", ""), [])
        now = next((due.subject for due in there if due.is_of(one.due)), subject)
        found[now] = _together(found[now], one) if now in found else one
    return found


def _together(one: Stated, other: Stated) -> Stated:
    amount_fen = one.due.amount_fen + other.due.amount_fen
    return Stated(
        due=replace(one.due, amount_fen=amount_fen),
        revision=max(one.revision, other.revision),
        waived=one.waived + other.waived,
    )


def _left_fen(stated: Due) -> int:
    """What is due of a subject that is not among the dues any more: of a machine that was moved,
    say, what it was when it was stated last."""
    if stated.kind in {LineKind.CHARGEBACK, LineKind.VISIT}:
        return 0
    return int(stated.facts.get(_DUE, stated.amount_fen))


def _line(due: Due, due_fen: int, before: Stated | None) -> Line:
    owed_fen, facts = due_fen, due.facts
    for waiver in before.waived if before else ():
        owed_fen, facts = waiver.owed_fen(owed_fen), facts | {_DUE: due_fen}
    return Line(
        kind=due.kind,
        subject=due.subject,
        revision=before.revision + 1 if before else 1,
        amount_fen=owed_fen - (before.due.amount_fen if before else 0),
        account=before.due.account if before else due.account,
        site_id=due.site_id,
        facts=facts,
    )


def movement(partner_id: UUID, kind: LineKind, account: str, amount_fen: int) -> Movement:
    """What a line posts when it is issued: the partner's account against the one that bore it."""
    other = Account(account, "C" if kind is LineKind.SHARE else "D")
    return _between(chart.partner(partner_id), other, amount_fen)


def settlement(partner_id: UUID, total_fen: int) -> Movement:
    """What a settled statement posts: the partner paid us through the bank, or we paid it."""
    return _between(chart.BANK, chart.partner(partner_id), total_fen)


def _between(debit: Account, credit: Account, amount_fen: int) -> Movement:
    if amount_fen > 0:
        return Transfer(debit, credit, amount_fen)
    return Transfer(credit, debit, -amount_fen)


class StatedLine(Protocol):
    """A line, stated or to be stated."""

    @property
    def kind(self) -> LineKind: ...
    @property
    def subject(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def amount_fen(self) -> int: ...
    @property
    def account(self) -> str: ...
    @property
    def site_id(self) -> UUID: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def canonical(
    *,
    operator_entity: str,
    partner_entity: str,
    month: date,
    total_fen: int,
    stated: Sequence[StatedLine],
) -> bytes:
    """The text that a statement's hash covers: sorted, compact JSON in ASCII, lines in order."""
    document = {
        "operator": operator_entity,
        "partner": partner_entity,
        "month": month.isoformat(),
        "total_fen": total_fen,
        "lines": [
            {
                "kind": line.kind.value,
                "subject": line.subject,
                "revision": line.revision,
                "amount_fen": line.amount_fen,
                "account": line.account,
                "site": str(line.site_id),
                "facts": line.facts,
            }
            for line in stated
        ],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def digest(text: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(text).digest()


def month_of(day: date) -> date:
    """The first day of the month that `day` is in."""
    return day.replace(day=1)


def month_last(month: date) -> date:
    """The last day of a month."""
    return month_of(month + timedelta(days=31)) - timedelta(days=1)


def month_end(month: date) -> datetime:
    """When a business month is over."""
    return day_end(month_last(month))


def unsettled(line_count: int, answers: Mapping[int, Answer]) -> list[int]:
    """Lines that were objected to and not decided yet."""
    return [number for number in range(1, line_count + 1) if answers.get(number) is Answer.OBJECTED]
