"""What goes over the line between the cashier and its merchants, as JSON; amounts in fen."""

from datetime import date, datetime

import msgspec

from tapline.payments import Order, RefundOrder, RefundReport, Trade

NOTICE = "notice"
"""The purpose under which notifications are signed; requests are signed for their path."""


class PayRequest(msgspec.Struct, frozen=True):
    provider: str
    order: Order


class PayAnswer(msgspec.Struct, frozen=True):
    cashier_url: str


class OrderNumber(msgspec.Struct, frozen=True):
    provider: str
    out_trade_no: str


class RefundRequest(msgspec.Struct, frozen=True):
    provider: str
    order: RefundOrder


class RefundNumber(msgspec.Struct, frozen=True):
    provider: str
    out_refund_no: str


class BroughtAlong(msgspec.Struct, frozen=True, kw_only=True):
    """A payment made in an earlier time, so that it can be refunded here."""

    provider: str
    tenant_id: str
    provider_trade_no: str
    amount_fen: int
    paid_at: datetime
    payer: str | None = None


class BillRequest(msgspec.Struct, frozen=True):
    """Asks for the bill of a business day."""

    provider: str
    tenant_id: str
    day: date


class BillAnswer(msgspec.Struct, frozen=True):
    """The bill as a file, and its SHA-1 in hexadecimal."""

    content: bytes
    sha1: str


class SpoiltBill(msgspec.Struct, frozen=True):
    """What a tester has gone wrong with a bill, instead of what was wrong before."""

    provider: str
    tenant_id: str
    day: date
    wrongs: tuple[str, ...] = ()


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notification: of a payment or of a refund. Repeated, it keeps its id."""

    id: str
    provider: str
    trade: Trade | None = None
    refund: RefundReport | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why a request was not carried out."""

    code: str
    detail: str
