"""Orders of barrels: what was promised at which price, where it goes, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tapline.orders.window import DayPart, Window
from tapline.tables import Table


class OrderState(StrEnum):
    PLACED = "placed"
    """Waits for the customer's money."""
    PAID = "paid"
    """At its station, which has no courier yet."""
    ASSIGNED = "assigned"
    """On a courier's list."""
    OUT = "out"
    DELIVERED = "delivered"
    """In whole or in part."""
    FAILED = "failed"
    """The courier came in vain; it is tried again or cancelled."""
    CANCELLED = "cancelled"


class FailReason(StrEnum):
    NOT_HOME = "not_home"
    WRONG_ADDRESS = "wrong_address"
    NO_ACCESS = "no_access"
    """A locked gate, a guard who refuses, stairs that nobody told of."""
    REFUSED = "refused"
    DAMAGED = "damaged"
    OTHER = "other"


class StepKind(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    ASSIGNED = "assigned"
    OUT = "out"
    TICKETS = "tickets"
    """Water tickets are set aside for it."""
    RESUMED = "resumed"
    """On the courier's list again: he has not left after all, or tries once more."""
    DELIVERED = "delivered"
    DOUBTED = "doubted"
    """The customer counts otherwise than the courier."""
    RECOUNTED = "recounted"
    """The courier says that the customer is right."""
    INSISTED = "insisted"
    FAILED = "failed"
    RESCHEDULED = "rescheduled"
    LATE = "late"
    CANCELLED = "cancelled"
    PAID_AFTER_CANCEL = "paid_after_cancel"
    PAID_AGAIN = "paid_again"


class Order(Table):
    __tablename__ = "barrel_order"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "customer_id", "request_key"),
        Index(None, "tenant_id", "state", "window_end"),
        Index(None, "courier_id", "state"),
        Index(None, "tenant_id", "lot"),
    )

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.tenant_id"))
    number: Mapped[str]
    """What people say on the phone: `B` and digits, e.g. `B2611210042`."""
    request_key: Mapped[str]
    """Of the form that placed it: sent again it is the same order."""
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.customer_id"))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.station_id"))
    courier_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.staff_id"))
    state: Mapped[OrderState]
    district: Mapped[str]
    address: Mapped[str]
    window_day: Mapped[date]
    window_part: Mapped[DayPart]
    window_end: Mapped[datetime]
    goods_fen: Mapped[int]
    """For the barrels that no ticket pays for."""
    deposit_fen: Mapped[int]
    """For buckets beyond those that the customer's earlier deposits cover."""
    deposit_returned_fen: Mapped[int] = mapped_column(server_default="0")
    """Of the deposits, what was given back because buckets did not come."""
    refund_asked_at: Mapped[datetime | None]
    """Since when the customer's claim on its money or deposits is undecided: nothing is handed
    over meanwhile."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.payment_id"))
    """The payment that arrived; null until one has."""
    paid_after_cancel: Mapped[bool] = mapped_column(server_default=text("false"))
    """The money came when the order was gone: all of it is to be given back."""
    buckets_returned: Mapped[int | None]
    """Empties that the courier took along; null until delivered."""
    lot: Mapped[str | None]
    """Of the barrels that came, as it is printed on them; null where the courier did not say."""
    fail_reason: Mapped[FailReason | None]
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    out_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Delivered or cancelled."""
    late_since: Mapped[datetime | None]
    """The end of the window that was promised and not kept."""

    lines: Mapped[list["OrderLine"]] = relationship(
        lazy="selectin", order_by="OrderLine.position", viewonly=True
    )

    @property
    def total_fen(self) -> int:
        """What the customer pays: water and deposits."""
        return self.goods_fen + self.deposit_fen

    @property
    def tickets(self) -> int:
        """How many of its barrels are paid for with water tickets."""
        return sum(line.tickets for line in self.lines)

    @property
    def window(self) -> Window:
        """When it was promised for."""
        return Window(self.window_day, self.window_part)

    @property
    def subject(self) -> str:
        """The order as payments and the ledger name it."""
        return f"order:{self.order_id}"


class OrderLine(Table):
    """So many barrels of one product, at the price and deposit of the day they were ordered."""

    __tablename__ = "barrel_order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("tickets between 0 and quantity", name="tickets_within"),
        CheckConstraint("deposits between 0 and quantity", name="deposits_within"),
        CheckConstraint("delivered between 0 and quantity", name="delivered_within"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("barrel_order.order_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    quantity: Mapped[int]
    tickets: Mapped[int] = mapped_column(server_default="0")
    """How many of the barrels a ticket pays for each."""
    price_fen: Mapped[int]
    """Of one barrel's water."""
    deposits: Mapped[int]
    """For how many of the buckets a deposit is paid with this order."""
    deposit_fen: Mapped[int]
    """Of one bucket."""
    delivered: Mapped[int | None]
    """How many came; null until the courier says so."""

    @property
    def goods_fen(self) -> int:
        """What is paid in money for its water."""
        return (self.quantity - self.tickets) * self.price_fen

    def redeemed(self, came: int) -> int:
        """Tickets that `came` barrels use up. Paid ones come first: what is missing is a ticket,
        which is at hand again at once."""
        return max(0, came - (self.quantity - self.tickets))

    def earned_fen(self, came: int) -> int:
        """What `came` barrels earn of the money paid for them."""
        return (came - self.redeemed(came)) * self.price_fen

    @property
    def deposits_kept(self) -> int:
        """Deposits in use after delivery: those of barrels that did not come are given back."""
        return max(0, self.deposits - (self.quantity - (self.delivered or 0)))


class OrderStep(Table):
    """A line of an order's timeline; never changed."""

    __tablename__ = "barrel_order_step"
    __table_args__ = (Index(None, "order_id", "position"),)

    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("barrel_order.order_id"))
    kind: Mapped[StepKind]
    actor: Mapped[str]
    """A staff member's name, `customer:<id>` or `system`."""
    words: Mapped[str]
    facts: Mapped[dict[str, Any]]
    """Its figures: what was delivered and taken along, which window, which payment."""
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.file_id"))
    """The courier's photo."""
    at: Mapped[datetime]


class OrderCounter(Table):
    """The last number given on a business day. Its row lock is the queue for the next one."""

    __tablename__ = "barrel_order_counter"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
