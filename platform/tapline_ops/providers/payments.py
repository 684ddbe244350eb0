"""Payment providers: today the simulated cashier, in the place of each that we know."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import httpx2
import msgspec

from tapline.payments import (
    PROVIDERS,
    BillFile,
    BillNotReadyError,
    GatewayRefusedError,
    Gateways,
    NoticeRefusedError,
    Notification,
    Order,
    RefundOrder,
    RefundReport,
    Trade,
)
from tapline.settings import Settings
from tapline_ops import signature
from tapline_ops.cashier import wire

Answer = TypeVar("Answer")

_TIMEOUT = httpx2.Timeout(10, connect=5)
_REFUSED = 409
_TOO_SOON = 429


def gateways(settings: Settings) -> Gateways:
    """The providers that this installation reaches; none where nothing is configured."""
    if not settings.cashier_url:
        return {}
    key = signature.shared_key(settings.cashier_key_file)
    return {name: HttpCashier(name, url=settings.cashier_url, key=key) for name in PROVIDERS}


class HttpCashier:
    """The simulated cashier in the place of `provider`. Implements `PaymentGateway`.

    `url` is where it listens, `key` the secret it shares with us.
    """

    def __init__(self, provider: str, *, url: str, key: bytes) -> None:
        self._provider = provider
        self._url = url.rstrip("/")
        self._key = key

    def pay(self, order: Order) -> str:
        """The address of the cashier page."""
        asked = wire.PayRequest(self._provider, order)
        return self._ask("/api/orders", asked, wire.PayAnswer).cashier_url

    def query(self, *, out_trade_no: str) -> Trade:
        """Ask about an order."""
        return self._ask("/api/orders/query", self._order(out_trade_no), Trade)

    def close(self, *, out_trade_no: str) -> None:
        """Let an unpaid order never be paid."""
        self._ask("/api/orders/close", self._order(out_trade_no), Trade)

    def refund(self, order: RefundOrder) -> RefundReport:
        """Ask for a refund."""
        return self._ask("/api/refunds", wire.RefundRequest(self._provider, order), RefundReport)

    def query_refund(self, *, out_refund_no: str) -> RefundReport:
        """Ask about a refund."""
        asked = wire.RefundNumber(self._provider, out_refund_no)
        return self._ask("/api/refunds/query", asked, RefundReport)

    def bill(self, *, tenant_id: str, day: date) -> BillFile:
        """The bill of a business day."""
        asked = wire.BillRequest(self._provider, tenant_id, day)
        try:
            told = self._ask("/api/bills", asked, wire.BillAnswer)
        except httpx2.HTTPStatusError as error:
            if error.response.status_code == _TOO_SOON:
                raise BillNotReadyError(f"{self._provider} {day}") from error
            raise
        return BillFile(content=told.content, sha1=told.sha1)

    def spoil(self, bill: wire.SpoiltBill) -> None:
        """Have something go wrong with a bill."""
        self._ask("/api/bills/spoil", bill, wire.SpoiltBill)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notification:
        """What a notification says, once it is proved to be the cashier's and fresh."""
        try:
            nonce = signature.verified(self._key, wire.NOTICE, headers, body)
            notice = msgspec.json.decode(body, type=wire.Notice)
        except (signature.SignatureError, msgspec.MsgspecError) as error:
            raise NoticeRefusedError(str(error)) from error
        about = notice.trade or notice.refund
        if notice.provider != self._provider or about is None:
            raise NoticeRefusedError(f"no notification of {self._provider}")
        return Notification(notice_id=notice.id, nonce=nonce, about=about)

    def bring_along(self, payment: wire.BroughtAlong) -> None:
        """Let the cashier know a payment of an earlier time, so that it can be refunded."""
        self._ask("/api/orders/brought-along", payment, Trade)

    def _order(self, out_trade_no: str) -> wire.OrderNumber:
        return wire.OrderNumber(self._provider, out_trade_no)

    def _ask(self, path: str, asked: Any, kind: type[Answer]) -> Answer:
        body = msgspec.json.encode(asked)
        answer = httpx2.post(
            self._url + path,
            content=body,
            headers=signature.signed(self._key, path, body),
            timeout=_TIMEOUT,
            trust_env=False,
        )
        if answer.status_code == _REFUSED:
            refusal = msgspec.json.decode(answer.content, type=wire.Refusal)
            raise GatewayRefusedError(refusal.code)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=kind)
