"""Closed days, the balances they assert, and what clearing accounts still hold."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class LedgerClose(Table):
    """A business day that was closed, once. Append-only: what comes later is posted later."""

    __tablename__ = "ledger_close"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    biz_date: Mapped[date] = mapped_column(primary_key=True)
    seal_seq: Mapped[int]
    """The last seal that it covers; 0 while nothing was ever posted."""
    seal_hash: Mapped[bytes]
    journals: Mapped[int]
    """Posted on this day."""
    sums: Mapped[dict[str, Any]]
    """What the day posted by unit: `{"CNY.fen": [debits, credits]}`, which are equal."""
    breaks: Mapped[list[Any]]
    """What clearing and suspense accounts held too long, each with its subject, amount, since
    when, and the reason that a person gave."""
    actor: Mapped[str]
    closed_at: Mapped[datetime]


class LedgerAssertion(Table):
    """What an account moved on a closed day, and its balance at the end. Append-only."""

    __tablename__ = "ledger_assertion"
    __table_args__ = (Index(None, "tenant_id", "biz_date"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_account.account_id"), primary_key=True
    )
    biz_date: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    debit: Mapped[int]
    credit: Mapped[int]
    balance: Mapped[int]
    """Posted, on the account's own side, at the end of the day."""
    entries: Mapped[int]
    """Held ones included."""
    first_version: Mapped[int]
    last_version: Mapped[int]
    """Where to look in the statement; commits that crossed midnight may leave others between."""


class LedgerResidue(Table):
    """What of a clearing account's balance a subject had left at the last close.

    Kept by the closes alone: they add a day's movements, so that no question reads a history.
    """

    __tablename__ = "ledger_residue"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_account.account_id"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(index=True)
    amount: Mapped[int]
    """Never 0, on the account's own side."""
    since: Mapped[datetime]
    reason: Mapped[str | None]
    """Why it is still there, as a person said; gone when the amount changes."""
    explained_by: Mapped[str | None]
