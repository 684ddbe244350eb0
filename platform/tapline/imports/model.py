"""Imports from another system's books, and every line of theirs with what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class ImportState(StrEnum):
    CHECKING = "checking"
    """Its lines are being looked at; nothing outside the import is written."""
    REFUSED = "refused"
    """Something is wrong with it: to be mended and sent again."""
    CHECKED = "checked"
    """It could be applied."""
    APPLYING = "applying"
    APPLIED = "applied"
    """Every line had its turn, and the books were read back."""
    UNDO_ASKED = "undo_asked"
    """Somebody wants it undone; a second person agrees or not."""
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"
    """Set aside before it was applied."""

    @property
    def is_at_work(self) -> bool:
        """Whether a worker brings it further."""
        return self in {ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING}


class LineState(StrEnum):
    WAITING = "waiting"
    APPLIED = "applied"
    PRESENT = "present"
    """The same was applied before, by this import or an earlier one."""
    FAILED = "failed"
    """It could not be applied; `obstacle` says why."""
    UNDONE = "undone"
    KEPT = "kept"
    """It was not undone: something has happened to it since."""


class Import(Table):
    """One file of a source, e.g. `old-erp`. What waits for nobody is erased: it is about people."""

    __tablename__ = "legacy_import"
    __table_args__ = (
        CheckConstraint("total_fen >= 0", name="total_not_negative"),
        Index(None, "tenant_id", "uploaded_at"),
        Index(
            "ix_legacy_import_at_work",
            "tenant_id",
            postgresql_where=text("state in ('checking', 'applying', 'undoing')"),
        ),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    source: Mapped[str]
    """Which system the ids are of: within it an id stands for one thing."""
    name: Mapped[str]
    """Of the file, as its sender called it."""
    sha256: Mapped[bytes]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    """Until it is checked."""
    state: Mapped[ImportState]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]
    notes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """(code, file): what is no mistake and should be looked at, such as an old encoding."""
    flaws: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """The first of what is wrong, as `rules.Flaw`."""
    flaw_count: Mapped[int] = mapped_column(server_default=text("0"))
    totals: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """What the file says, by sheet: lines and figures."""
    total_fen: Mapped[int] = mapped_column(server_default=text("0"))
    """All money that it opens with, tickets at the price of a barrel: whether one may apply it."""
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]
    """What the books said when every line had had its turn: `comparing.Comparison`."""
    undo_asked_by: Mapped[str | None]
    undo_asked_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None]
    undone_by: Mapped[str | None]
    """Who agreed to it."""
    undone_at: Mapped[datetime | None]


class ImportLine(Table):
    """One line of a sheet."""

    __tablename__ = "legacy_import_line"
    __table_args__ = (
        Index(None, "import_id", "state", "sheet_no", "line"),
        Index(None, "tenant_id", "source", "sheet", "external_id"),
        Index(None, "import_id", "subject"),
        Index(
            "uq_legacy_import_line_in_force",
            "tenant_id",
            "source",
            "sheet",
            "external_id",
            unique=True,
            postgresql_where=text("state in ('applied', 'kept')"),
        ),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("legacy_import.import_id"), primary_key=True)
    sheet: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    sheet_no: Mapped[int]
    """Sheets are applied in this order: customers before what is theirs."""
    tenant_id: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str]
    sha256: Mapped[bytes]
    """Of what the line says: the same id with another content is a mistake."""
    content: Mapped[dict[str, Any] | None]
    """What it says, by column; erased once applied."""
    amounts: Mapped[dict[str, Any]]
    """Its figures in fen and pieces, to be compared with the books."""
    state: Mapped[LineState]
    key: Mapped[str | None]
    """Its postings' idempotency key."""
    subject: Mapped[str | None]
    """What it became: `customer:<id>`, `card:<no>`, `tickets:<id>:<sku>`, `ticket:<id>`."""
    obstacle: Mapped[str | None]
