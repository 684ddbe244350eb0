"""A payment provider in memory, with books of its own, that does to us whatever a test wants."""

import json
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from tapline import clock
from tapline.payments import (
    BillFile,
    BillNotReadyError,
    GatewayRefusedError,
    NoticeRefusedError,
    Notification,
    Order,
    RefundOrder,
    RefundReport,
    RefundStatus,
    Trade,
    TradeStatus,
)

Answer = TypeVar("Answer")

PAGE = "https://cashier.example/"


class Mood(StrEnum):
    """What the provider does with the next call."""

    GOOD = "good"
    DEAF = "deaf"
    """It never arrives."""
    MUTE = "mute"
    """It arrives and is carried out; the answer gets lost."""
    UNWILLING = "unwilling"
    """It is refused for good."""


@dataclass
class FakeProvider:
    """Implements the port. `moods` are used up one a call; then every call goes well."""

    moods: deque[Mood] = field(default_factory=deque)
    trades: dict[str, Trade] = field(default_factory=dict)
    refunds: dict[str, RefundReport] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    letters: list[Trade | RefundReport] = field(default_factory=list)
    bills: dict[date, BillFile] = field(default_factory=dict)

    def pay(self, order: Order) -> str:
        self.orders[order.out_trade_no] = order
        unpaid = Trade(
            out_trade_no=order.out_trade_no,
            status=TradeStatus.UNPAID,
            amount_fen=order.amount_fen,
        )
        self._carried_out(lambda: self.trades.setdefault(order.out_trade_no, unpaid))
        return PAGE + order.out_trade_no

    def query(self, *, out_trade_no: str) -> Trade:
        nothing = Trade(out_trade_no=out_trade_no, status=TradeStatus.NOT_FOUND)
        return self._carried_out(lambda: self.trades.get(out_trade_no, nothing))

    def close(self, *, out_trade_no: str) -> None:
        self._carried_out(lambda: self._close(out_trade_no))

    def refund(self, order: RefundOrder) -> RefundReport:
        return self._carried_out(lambda: self._refund(order))

    def query_refund(self, *, out_refund_no: str) -> RefundReport:
        nothing = RefundReport(out_refund_no=out_refund_no, status=RefundStatus.NOT_FOUND)
        return self._carried_out(lambda: self.refunds.get(out_refund_no, nothing))

    def bill(self, *, tenant_id: str, day: date) -> BillFile:
        def made() -> BillFile:
            if day not in self.bills:
                raise BillNotReadyError(f"no bill of {tenant_id} for {day}")
            return self.bills[day]

        return self._carried_out(made)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notification:
        if headers.get("signature") != "genuine":
            raise NoticeRefusedError("not signed by the provider")
        told = json.loads(body)
        about = self._meant(told)
        if "amount_fen" in told:
            about = replace(about, amount_fen=told["amount_fen"])
        return Notification(notice_id=told["id"], nonce=headers["nonce"], about=about)

    def pays(self, out_trade_no: str) -> None:
        """The customer pays."""
        self.trades[out_trade_no] = replace(
            self.trades[out_trade_no],
            status=TradeStatus.PAID,
            provider_trade_no=f"T{out_trade_no}",
            paid_at=clock.now(),
            payer="微信用户 **** 6688",
        )

    def decides(self, out_refund_no: str, status: RefundStatus) -> None:
        """The refund takes its course."""
        self.refunds[out_refund_no] = replace(
            self.refunds[out_refund_no], status=status, at=clock.now()
        )

    def paid_back_fen(self, out_refund_no: str) -> int:
        """What a customer has really been given under this number."""
        found = self.refunds.get(out_refund_no)
        done = found is not None and found.status is RefundStatus.SUCCEEDED
        return found.amount_fen if found and done else 0

    def bill_fen(self) -> int:
        """What the provider holds for us: taken in less given back."""
        taken = sum(one.amount_fen for one in self.trades.values() if one.paid_at)
        return taken - sum(map(self.paid_back_fen, self.refunds))

    def letter(self, about: Trade | RefundReport) -> dict[str, object]:
        """A notification of how things stand now, which may be posted much later."""
        self.letters.append(about)
        return {"letter": len(self.letters) - 1}

    def _meant(self, told: dict[str, Any]) -> Trade | RefundReport:
        if "letter" in told:
            return self.letters[int(told["letter"])]
        if "trade" in told:
            return self.trades[told["trade"]]
        return self.refunds[told["refund"]]

    def _close(self, out_trade_no: str) -> None:
        trade = self.trades[out_trade_no]
        if trade.status is TradeStatus.PAID:
            raise GatewayRefusedError("paid")
        self.trades[out_trade_no] = replace(trade, status=TradeStatus.CLOSED)

    def _refund(self, order: RefundOrder) -> RefundReport:
        report = RefundReport(
            out_refund_no=order.out_refund_no,
            status=RefundStatus.PROCESSING,
            amount_fen=order.amount_fen,
            provider_refund_no=f"P{order.out_refund_no}",
        )
        known = self.refunds.setdefault(order.out_refund_no, report)
        if known.amount_fen != order.amount_fen:
            raise GatewayRefusedError("the number is taken by another amount")
        return known

    def _carried_out(self, do: Callable[[], Answer]) -> Answer:
        mood = self.moods.popleft() if self.moods else Mood.GOOD
        if mood is Mood.DEAF:
            raise ConnectionError("no route to the provider")
        if mood is Mood.UNWILLING:
            raise GatewayRefusedError("not allowed")
        answer = do()
        if mood is Mood.MUTE:
            raise TimeoutError("no answer within 10 s")
        return answer


def delivery(notice_id: str, body: dict[str, object]) -> tuple[dict[str, str], bytes]:
    """A notification as it comes over the line: headers and body."""
    headers = {"signature": "genuine", "nonce": secrets.token_hex(8)}
    return headers, json.dumps({"id": notice_id} | body).encode()


class KilledError(BaseException):
    """A kill, seen from inside: no line after it runs."""


class KillingProvider(FakeProvider):
    """Kills us while we wait for its answer, when told to."""

    kills = False

    def refund(self, order: RefundOrder) -> RefundReport:
        report = super().refund(order)
        if self.kills:
            self.kills = False
            raise KilledError
        return report
