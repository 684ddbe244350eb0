"""Refunds: the decision, and the money that followed it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tapline.tables import Table


class RefundKind(StrEnum):
    TXN_REVERSAL = "txn_reversal"
    """A pour that was charged wrongly. Restated by machine; the money goes to the card."""
    CARD_CLOSE = "card_close"
    CARD_PARTIAL = "card_partial"
    """Part of what a card is worth; the card lives on."""
    LOAD_CANCEL = "load_cancel"
    """A top-up, or all that waits for a tap, goes back instead of onto the card."""
    ORDER_CANCEL = "order_cancel"
    ORDER_SHORT = "order_short"
    """Fewer barrels came than were paid for."""
    DEPOSIT_RETURN = "deposit_return"
    """Buckets came back."""
    TICKET_UNUSED = "ticket_unused"
    """Water tickets that are not used, or a booklet that was paid twice."""


LIVES_ON = frozenset({RefundKind.CARD_PARTIAL, RefundKind.LOAD_CANCEL})
"""Of a card that is kept: over where nothing is left to give."""


class RefundState(StrEnum):
    """A pour's refund is in review, settled or rejected; a claim goes through all of these."""

    REQUESTED = "requested"
    WAITING = "waiting"
    """A machine without a line may still send pours: until then nobody knows the amount."""
    REVIEW = "review"
    """Policy keeps a machine from deciding; a person must."""
    APPROVED = "approved"
    """The money is set aside; a step of the timeline, which ends within the same moment."""
    EXECUTING = "executing"
    """It is on its way."""
    PARTIAL = "partial"
    """Some of it has arrived, more is to come."""
    SETTLED = "settled"
    """All of the amount decided is where it belongs."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_over(self) -> bool:
        """Whether nothing follows by itself."""
        return self in {RefundState.SETTLED, RefundState.REJECTED, RefundState.WITHDRAWN}

    @property
    def is_undecided(self) -> bool:
        """Whether it can still be withdrawn."""
        return self in {RefundState.REQUESTED, RefundState.WAITING, RefundState.REVIEW}


OPEN = "state not in ('settled', 'rejected', 'withdrawn')"


class Tier(StrEnum):
    """Who decides."""

    AUTOMATIC = "automatic"
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Reason(StrEnum):
    """Why a customer wants his money back."""

    NOT_NEEDED = "not_needed"
    MOVED = "moved"
    OTHER = "other"
    MACHINE_GONE = "machine_gone"
    """The machine was removed, or the site went to another operator."""
    PRICE_RAISED = "price_raised"
    NEVER_CAME = "never_came"
    CAME_SHORT = "came_short"
    BUCKETS_BACK = "buckets_back"
    NOT_TAPPED = "not_tapped"
    """It waits for a tap that does not come."""
    PAID_AGAIN = "paid_again"
    """A second payment of the same: nobody had to ask."""
    CARD_ENDED = "card_ended"
    """Paid for a card that had ended meanwhile: nobody had to ask."""
    AFTER_CLOSING = "after_closing"
    """Money turned up on a card that was closed: nobody had to ask."""

    @property
    def is_found(self) -> bool:
        """Whether a machine asks: no customer may, and none can think better of it."""
        return self in {Reason.CARD_ENDED, Reason.AFTER_CLOSING, Reason.PAID_AGAIN}

    @property
    def is_ours(self) -> bool:
        """Whether the cause lies with the operator: SPC 法释〔2025〕4号, articles 12, 13, 18."""
        return self in {
            Reason.MACHINE_GONE,
            Reason.PRICE_RAISED,
            Reason.NEVER_CAME,
            Reason.CAME_SHORT,
        }


class Refund(Table):
    """One decision about one subject. A pour has at most one, whose amount is restated."""

    __tablename__ = "refund"
    __table_args__ = (
        Index(
            "uq_refund_pour",
            "device_id",
            "seq",
            unique=True,
            postgresql_where=text("kind = 'txn_reversal'"),
        ),
        Index(
            "uq_refund_request",
            "tenant_id",
            "request_key",
            unique=True,
            postgresql_where=text("request_key is not null"),
        ),
        Index(
            "uq_refund_open_card",
            "tenant_id",
            "card_no",
            unique=True,
            postgresql_where=text(
                "kind in ('card_close', 'card_partial', 'load_cancel') and reason <> 'card_ended'"
                " and state in ('requested', 'waiting', 'review')"
            ),
        ),
        Index(
            "uq_refund_open_order",
            "order_id",
            unique=True,
            postgresql_where=text(f"order_id is not null and {OPEN}"),
        ),
        Index(
            "uq_refund_open_tickets",
            "tenant_id",
            "customer_id",
            "ticket_sku",
            unique=True,
            postgresql_where=text(
                "ticket_sku is not null and state in ('requested', 'waiting', 'review')"
            ),
        ),
        Index(None, "tenant_id", "card_no", "updated_at"),
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "state"),
    )

    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    kind: Mapped[RefundKind]
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"))
    seq: Mapped[int | None]
    card_no: Mapped[str | None]
    issuer_id: Mapped[str | None]
    """Whose card it is, where it is not ours: what is given back is given to the issuer."""
    borne_by: Mapped[str | None]
    """Of a pour: the account that bears what is given back."""
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("barrel_order.order_id"))
    topup_id: Mapped[UUID | None] = mapped_column(ForeignKey("topup.topup_id"))
    ticket_sku: Mapped[str | None]
    """Of tickets: the product that they are good for."""
    booklet_id: Mapped[UUID | None] = mapped_column(ForeignKey("booklet_purchase.purchase_id"))
    """Of a second payment: the booklet that had been paid."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.customer_id"))
    amount_fen: Mapped[int]
    """Decided, or asked for while in review."""
    posted_fen: Mapped[int]
    """Really given back so far: on a card, or set aside in `refund_payable`."""
    state: Mapped[RefundState]
    automatic: Mapped[bool]
    reason: Mapped[str]
    """The rule that named the amount, or the policy that stopped the machine; of a claim, its
    `Reason`."""
    policy_version: Mapped[int]
    revision: Mapped[int]
    """How often money was posted; part of the journal's key."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    # From here on: what a claim has and a pour has not.
    request_key: Mapped[str | None]
    """Of the form that asked: sent again it is the same claim."""
    requested_by: Mapped[str | None]
    """`customer:<id>`, or the login of a colleague, who does not decide about it."""
    words: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    """Counts what changed: who decides names the version that he saw."""
    tier: Mapped[Tier] = mapped_column(server_default=Tier.AGENT.value)
    quote: Mapped[dict[str, Any] | None]
    """How the amount came about, line by line."""
    wanted_fen: Mapped[int | None]
    """Of a card that lives on, the most that shall go back; null: all of what it is about."""
    reserve_fen: Mapped[int] = mapped_column(server_default="0")
    """Of the amount, what waits for machines without a line."""
    forfeit_fen: Mapped[int] = mapped_column(server_default="0")
    """Promotional value that lapsed with the card."""
    employer_fen: Mapped[int] = mapped_column(server_default="0")
    """What an enterprise had put on the card and nobody drank: its again."""
    written_off_fen: Mapped[int] = mapped_column(server_default="0")
    """Drawn with the card after its money was given back: the operator's loss."""
    holds: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Keys of the ledger's holds on what was asked for, while they stand."""
    list_version: Mapped[int | None]
    """The block list from which on no machine sells to the card."""
    waits_until: Mapped[datetime | None]
    """Then nobody waits for machines any longer."""
    due_at: Mapped[datetime | None]
    """By law and policy the customer has his money by then."""
    clock_percent: Mapped[int] = mapped_column(server_default="0")
    """The last mark of that time at which somebody was reminded."""
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    decided_by: Mapped[str | None]
    approval: Mapped[int | None]
    """The step that approved it: corrections after it add to what may be paid."""
    stuck_legs: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Legs that a provider gave up, as far as the customer was told."""
    appealed: Mapped[bool] = mapped_column(server_default=text("false"))

    @property
    def subject(self) -> str:
        """The refund as payouts, the ledger and the router name it."""
        return f"refund:{self.refund_id}"


class RefundStep(Table):
    """A line of a refund's timeline; never changed."""

    __tablename__ = "refund_step"
    __table_args__ = (Index(None, "refund_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refund.refund_id"))
    state: Mapped[str]
    """Where it stood after the step; the same as before for a mere note."""
    actor: Mapped[str]
    change_fen: Mapped[int]
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(server_default="")
    figures: Mapped[dict[str, Any] | None]
    policy_version: Mapped[int | None]
    at: Mapped[datetime]
