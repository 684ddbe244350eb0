"""Card facts as devices reported them, and what the ledger holds for each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tapline.cards.proofs import Proof
from tapline.devices import Assurance
from tapline.tables import Table


class FactFlaw(StrEnum):
    """Why a stored version cannot stand."""

    UNREADABLE = "unreadable"
    WRONG_PROOF = "wrong_proof"
    """The card's code is not what the card would have said: it did not do this."""


class Fact(Table):
    """One version of a fact. Rows stay as they are: versions of a seq stand side by side."""

    __tablename__ = "fact"
    __table_args__ = (
        Index(None, "tenant_id", "card_no", "atc"),
        Index(None, "tenant_id", "received_at"),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    content_hash: Mapped[bytes] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    inbox_id: Mapped[int]
    """The raw message it first came in."""
    received_at: Mapped[datetime]
    flaw: Mapped[FactFlaw | None]
    boot: Mapped[int]
    op: Mapped[str]
    """`debit` or `load`."""
    ts: Mapped[str]
    """As the device wrote it; `moment` is what could be read of it."""
    moment: Mapped[datetime | None]
    clk: Mapped[str | None]
    off: Mapped[bool]
    card_no: Mapped[str | None]
    card_kind: Mapped[str | None]
    atc: Mapped[int | None]
    """The card's own counter after the operation."""
    bal_before_fen: Mapped[int | None]
    amt_fen: Mapped[int]
    bal_after_fen: Mapped[int | None]
    tariff: Mapped[int | None]
    ml: Mapped[int]
    ml_req: Mapped[int | None]
    """The greatest that any copy of the fact stated: it is outside the content."""
    pulses: Mapped[int | None]
    nozzle: Mapped[int | None]
    status: Mapped[str]
    auth: Mapped[str | None]
    load_id: Mapped[str | None]
    total_n: Mapped[int | None]
    total_fen: Mapped[int | None]
    total_ml: Mapped[int | None]
    tac: Mapped[str | None]
    proof: Mapped[Proof]
    assurance: Mapped[Assurance] = mapped_column(server_default=Assurance.DEVICE.value)
    """How well it is known that the machine said so."""


class Payer(StrEnum):
    """Who bears a fact at present."""

    CARD = "card"
    ISSUER = "issuer"
    """The issuer of somebody else's card (`tapline.cards.issuers`), who settles by file."""
    SUSPENSE = "suspense"
    """Rests on the device's suspense account: no card is known, or versions disagree."""
    NOBODY = "nobody"
    """A torn debit that nothing proves, a load, or a debit of nothing."""


class Charge(Table):
    """What the ledger holds for a fact now, whatever versions of it came in. One row a seq."""

    __tablename__ = "fact_charge"
    __table_args__ = (Index(None, "tenant_id", "payer"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    standing_hash: Mapped[bytes | None]
    """The version that stands; null while none does."""
    payer: Mapped[Payer]
    card_no: Mapped[str | None]
    issuer_id: Mapped[str | None]
    """Who owes it, where the payer is an issuer."""
    amount_fen: Mapped[int]
    revision: Mapped[int]
    """How often the charge was restated; part of the journal's key."""
    reason: Mapped[str | None]
    """Why it rests in suspense or with nobody: `unknown_card`, `conflict`, `torn`, `load`, …"""
