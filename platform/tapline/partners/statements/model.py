from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tapline.reconciliation import Side
from tapline.tables import Table


class LineKind(StrEnum):
    CHARGEBACK = "chargeback"
    """What was given back to customers because of the partner's side."""
    VISIT = "visit"
    """A technician's visit that the partner's side answers for."""
    COMPENSATION = "compensation"
    """Owed to the partner by a clause of the agreement."""
    SHARE = "share"
    """The partner's share of a site's revenue in the month."""
    ELECTRICITY = "electricity"
    """What the machines of a site used, up to a reading of its meter."""
    WATER = "water"


class Answer(StrEnum):
    """What was said of a line, once the statement was issued."""

    AGREED = "agreed"
    OBJECTED = "objected"
    KEPT = "kept"
    """Finance keeps the line, in spite of the objection."""
    WAIVED = "waived"
    """Finance takes it back: the next statement corrects it."""


class PartnerStatement(Table):
    """A month's statement as it was issued. Only its settlement is added later."""

    __tablename__ = "partner_statement"
    __table_args__ = (UniqueConstraint("tenant_id", "partner_id", "month"),)

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.partner_id"))
    month: Mapped[date] = mapped_column(Date)
    """Its first day."""
    operator_entity: Mapped[str]
    """The legal entities of both sides, as they were."""
    partner_entity: Mapped[str]
    total_fen: Mapped[int]
    """What the partner owes for the month; negative when we owe it."""
    sha256: Mapped[bytes]
    """Of its canonical text, `rules.canonical`."""
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    issued_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    settled_at: Mapped[datetime | None]
    bank_reference: Mapped[str | None]


class StatementLine(Table):
    """One line. Append-only: what changes later is a line of a later statement."""

    __tablename__ = "partner_statement_line"
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject", "revision"),
        CheckConstraint("amount_fen <> 0", name="amount_not_zero"),
    )

    statement_id: Mapped[UUID] = mapped_column(
        ForeignKey("partner_statement.statement_id"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    kind: Mapped[LineKind]
    subject: Mapped[str]
    """What it is for, for ever: `finding:…`, `visit:…`, `outage:…`, `share:…`,
    `utility:…`."""
    revision: Mapped[int]
    """1 where it is stated first; above it a correction by the difference."""
    amount_fen: Mapped[int]
    """What the partner owes for it; negative where we owe the partner."""
    account: Mapped[str]
    """The code of the account that stands across from the partner's."""
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    facts: Mapped[dict[str, Any]]
    """The figures that its sentence is made of. No card, no customer."""


class LineAnswer(Table):
    """Something was said of a line. Append-only; the last word counts."""

    __tablename__ = "partner_statement_answer"

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(
        ForeignKey("partner_statement.statement_id"), index=True
    )
    line: Mapped[int]
    answer: Mapped[Answer]
    party: Mapped[Side]
    actor: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]
