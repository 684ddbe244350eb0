"""Accounts, the journal, its entries and the seals over them; `ledger.sql` guards them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from tapline.tables import Table


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id; only the database compares it."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class LedgerAccount(Table):
    """Counters of one account; what they count is replayed from the entries by `verify`."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code", "unit"),
        CheckConstraint("side in ('D', 'C')", name="side"),
        CheckConstraint(
            "least(d_posted, c_posted, d_pending, c_pending, lent, version) >= 0",
            name="counters_not_negative",
        ),
        CheckConstraint(
            "not bounded or case side when 'C' then d_posted + d_pending <= c_posted"
            " else c_posted + c_pending <= d_posted end",
            name="no_overdraft",
        ),
        # Room on the page for the next version of a row: postings stay heap-only updates.
        {"postgresql_with": {"fillfactor": 70}},
    )

    account_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str]
    code: Mapped[str]
    unit: Mapped[str] = mapped_column(server_default="CNY.fen")
    side: Mapped[str]
    bounded: Mapped[bool]
    d_posted: Mapped[int] = mapped_column(server_default="0")
    c_posted: Mapped[int] = mapped_column(server_default="0")
    d_pending: Mapped[int] = mapped_column(server_default="0")
    c_pending: Mapped[int] = mapped_column(server_default="0")
    lent: Mapped[int] = mapped_column(server_default="0")
    """What a card's purse paid in the principal's stead: entries marked `cover`, D less C."""
    version: Mapped[int] = mapped_column(server_default="0")


class LedgerJournal(Table):
    """One movement, posted once. Append-only."""

    __tablename__ = "ledger_journal"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index(
            "uq_ledger_journal_parent_id",
            "parent_id",
            unique=True,
            postgresql_where=text("parent_id is not null"),
        ),
        # The sealer walks a tenant's journals in this order: by commit, not by number.
        Index("ix_ledger_journal_sealing", "tenant_id", "txid", "journal_id"),
        # What was recorded about a day after its close. Next to nothing to keep up.
        Index(
            "ix_ledger_journal_event_at",
            "event_at",
            postgresql_using="brin",
            postgresql_with={"autosummarize": True, "pages_per_range": 32},
        ),
        CheckConstraint("phase in ('single', 'pending', 'post', 'void')", name="phase"),
        CheckConstraint("(phase in ('post', 'void')) = (parent_id is not null)", name="parent"),
    )

    journal_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[str]
    key: Mapped[str]
    command_hash: Mapped[bytes]
    kind: Mapped[str]
    phase: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_journal.journal_id"))
    event_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    source: Mapped[dict[str, Any]]
    txid: Mapped[str] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))


class LedgerEntry(Table):
    """One line of a journal, `amount` > 0 in the account's unit. Append-only.

    A journal's lines are inserted by one statement. `ledger.sql` then checks that they balance and
    that journal and accounts exist: foreign keys, row by row, were a third of a posting's time.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("account_id", "account_version"),
        CheckConstraint("side in ('D', 'C')", name="side"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    journal_id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    account_id: Mapped[int]
    side: Mapped[str]
    amount: Mapped[int]
    pending: Mapped[bool]
    cover: Mapped[bool]
    account_version: Mapped[int]
    balance_after: Mapped[int]


class LedgerSeal(Table):
    """A link of a tenant's chain over its committed journals. Append-only."""

    __tablename__ = "ledger_seal"
    # Which seal holds a journal, and where a day ends.
    __table_args__ = (
        Index("ix_ledger_seal_upto", "tenant_id", "upto_txid", "upto_journal_id"),
        Index(None, "tenant_id", "biz_date", "seq"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    biz_date: Mapped[date]
    """The business day of its journals; the last seal of a day is that day's head."""
    upto_txid: Mapped[str] = mapped_column(TransactionId)
    upto_journal_id: Mapped[int]
    journals: Mapped[int]
    previous_hash: Mapped[bytes]
    root: Mapped[bytes]
    """Of the Merkle tree over the leaves: what the hash covers."""
    leaves: Mapped[bytes]
    """32 bytes a journal, in the order of commits: they say which one was changed."""
    hash: Mapped[bytes]
    sealed_at: Mapped[datetime]
