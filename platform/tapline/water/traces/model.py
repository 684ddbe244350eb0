"""Cases of bad water, and everything that was found to belong to each."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class Fate(StrEnum):
    """What became of the money of one pour."""

    WAITING = "waiting"
    GIVEN = "given"
    EARLIER = "earlier"
    """All of it was given back before."""
    LEFT = "left"
    """No card of ours takes it: a person settles it. Waits again once one does."""


class Trace(Table):
    """One case: a machine in a window of time, or a lot of barrels."""

    __tablename__ = "water_trace"
    __table_args__ = (
        CheckConstraint("(device_id is null) <> (lot is null)", name="machine_or_lot"),
        Index(
            "uq_water_trace_sample",
            "sample_id",
            unique=True,
            postgresql_where=text("sample_id is not null"),
        ),
        Index(None, "tenant_id", "opened_at"),
    )

    trace_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    lot: Mapped[str | None]
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("water_sample.sample_id"))
    words: Mapped[str]
    from_at: Mapped[datetime | None]
    """The last good sample; null: there is none, everything counts."""
    to_at: Mapped[datetime | None]
    """When the machine confirmed that it had stopped; null: not yet, everything since counts."""
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff.staff_id"))
    opened_at: Mapped[datetime]
    took_ms: Mapped[int]
    """How long it took to find what was known then."""
    looked_at: Mapped[datetime]
    """When what arrived since was last looked for."""
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    told_at: Mapped[datetime | None]
    """When somebody said that the customers be told; whoever is found later is told too."""
    refund_asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    refund_asked_at: Mapped[datetime | None]
    """What was found up to then is what is asked for."""
    refund_asked_fen: Mapped[int | None]
    refund_approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    refund_approved_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    ended_at: Mapped[datetime | None]
    conclusion: Mapped[str | None]

    @property
    def subject(self) -> str:
        """The case as the audit trail names it."""
        return f"trace:{self.trace_id}"


class TracePour(Table):
    """A pour of bad water. What it cost is what its card bore when it was found; one that is
    charged for since is found anew."""

    __tablename__ = "water_trace_pour"
    __table_args__ = (
        Index(None, "trace_id", "customer_id"),
        Index(
            "ix_water_trace_pour_waiting",
            "trace_id",
            "found_at",
            postgresql_where=text("fate = 'waiting'"),
        ),
    )

    trace_id: Mapped[UUID] = mapped_column(ForeignKey("water_trace.trace_id"), primary_key=True)
    device_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    card_no: Mapped[str | None]
    customer_id: Mapped[UUID | None]
    """The card's holder; null of a bearer card, or one that is not ours."""
    ml: Mapped[int]
    amount_fen: Mapped[int]
    """What the card paid; 0 where no card of ours did."""
    found_at: Mapped[datetime]
    late: Mapped[bool]
    """Found after the case was opened: it was uploaded since."""
    fate: Mapped[Fate]
    given_fen: Mapped[int]


class TraceOrder(Table):
    """Barrels of a bad lot that were handed over."""

    __tablename__ = "water_trace_order"

    trace_id: Mapped[UUID] = mapped_column(ForeignKey("water_trace.trace_id"), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("barrel_order.order_id"), primary_key=True)
    customer_id: Mapped[UUID]
    barrels: Mapped[int]
    amount_fen: Mapped[int]
    """What was paid for them in money, as far as it was earned."""
    at: Mapped[datetime]
    found_at: Mapped[datetime]
    late: Mapped[bool]
    ticket_id: Mapped[UUID | None]
    """The case at the desk; null until it is opened."""


class Numbers(NamedTuple):
    """How far bad water went. Amounts in fen, water in ml."""

    customers: int
    cards: int
    bearer_cards: int
    """Cards whose holders nobody knows: they are told by the machines' public pages alone."""
    pours: int
    late_pours: int
    ml: int
    fen: int
    orders: int
    barrels: int
    order_fen: int

    def document(self) -> dict[str, int]:
        """As it is kept."""
        return self._asdict()


class Found(NamedTuple):
    """Pours found that somebody paid for, and what they cost."""

    pours: int
    fen: int

    @staticmethod
    def of(amounts_fen: Iterable[int]) -> "Found":
        """By what each cost."""
        paid = [fen for fen in amounts_fen if fen]
        return Found(len(paid), sum(paid))


class Settled(NamedTuple):
    """So many pours of a fate: how often, what was given, what they cost."""

    pours: int
    given_fen: int
    amount_fen: int
