"""The port behind which a payment provider stands.

Amounts are fen, moments aware. Every call is made outside any transaction and may fail with any
exception: then nobody knows what the provider did, until it is asked. Calls repeat safely: the
numbers that we give (`out_trade_no`, `out_refund_no`) name one order and one refund for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class GatewayRefusedError(Exception):
    """The provider understood and will not do it, now or ever; `args[0]` is its reason."""


class BillNotReadyError(Exception):
    """The provider has not made the bill yet: ask again later."""


class NoticeRefusedError(Exception):
    """A notification that is not the provider's, or too old: nothing of it may be believed."""


class TradeStatus(StrEnum):
    """What a provider says of an order."""

    UNPAID = "unpaid"
    PAID = "paid"
    CLOSED = "closed"
    NOT_FOUND = "not_found"


class RefundStatus(StrEnum):
    """What a provider says of a refund. Only `SUCCEEDED` means that the customer has it."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    """It could not reach the payer's account; a person must act."""
    CLOSED = "closed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a customer is to be asked for. `return_url` is where his browser goes afterwards."""

    tenant_id: str
    out_trade_no: str
    amount_fen: int
    title: str
    merchant: str
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """An order as the provider knows it; the last three only once it is paid."""

    out_trade_no: str
    status: TradeStatus
    amount_fen: int = 0
    provider_trade_no: str | None = None
    paid_at: datetime | None = None
    payer: str | None = None
    """Who paid, masked, as the provider tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What shall go back to the payer of `provider_trade_no`, whose order was `total_fen`."""

    out_refund_no: str
    provider_trade_no: str
    amount_fen: int
    total_fen: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReport:
    """A refund as the provider knows it. `at` is when it ended; `reason` is the provider's."""

    out_refund_no: str
    status: RefundStatus
    amount_fen: int = 0
    provider_refund_no: str | None = None
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A verified notification. `nonce` is new with each delivery, `notice_id` is not."""

    notice_id: str
    nonce: str
    about: Trade | RefundReport


@dataclass(frozen=True, slots=True, kw_only=True)
class BillFile:
    """A day's bill, byte by byte, and what the provider says its SHA-1 is."""

    content: bytes
    sha1: str


class PaymentGateway(Protocol):
    """One provider, with our credentials there."""

    def pay(self, order: Order) -> str:
        """Make the order payable; the address of the cashier page."""

    def query(self, *, out_trade_no: str) -> Trade:
        """Ask about an order."""

    def close(self, *, out_trade_no: str) -> None:
        """Let an unpaid order never be paid; `GatewayRefusedError` when it is paid."""

    def refund(self, order: RefundOrder) -> RefundReport:
        """Ask for a refund; being accepted is `PROCESSING` at most."""

    def query_refund(self, *, out_refund_no: str) -> RefundReport:
        """Ask about a refund."""

    def bill(self, *, tenant_id: str, day: date) -> BillFile:
        """Everything that a tenant was paid and gave back on a business day.

        Raises:
            BillNotReadyError: it is not made yet; it is after 10:00 the next day.
        """

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notification:
        """What an authentic, fresh notification says; else `NoticeRefusedError`.

        Header names are lower case; `body` is what came over the line, byte by byte.
        """


Gateways = Mapping[str, PaymentGateway]
"""The configured providers by name."""
