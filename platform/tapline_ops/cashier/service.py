"""What the cashier does for merchants and for the people who pay."""

from datetime import datetime, timedelta

import msgspec

from tapline import clock
from tapline.errors import NotFoundError
from tapline.ids import new_id
from tapline.payments import (
    PROVIDERS,
    RefundReport,
    RefundStatus,
    Trade,
    TradeStatus,
)
from tapline_ops.cashier import behaviour, billing, wire
from tapline_ops.cashier.behaviour import Notify, Refunding
from tapline_ops.cashier.billing import Wrong
from tapline_ops.cashier.repository import Books, RefundRow, TradeRow

_PAYER = "模拟用户 **** 6688"


class RefusedError(Exception):
    """What a merchant asked for is not done; `code` is for branching on."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class TooSoonError(Exception):
    """Nothing was done; the same request later may be."""


class Cashier:
    """Every verb is one transaction on the cashier's own books."""

    def __init__(self, books: Books, *, origin: str, seed: int) -> None:
        self.books = books
        self._origin = origin
        self._seed = seed

    def prepare(self, asked: wire.PayRequest) -> str:
        """The page where an order is paid; the same order again is the same page."""
        order = asked.order
        with self.books.transaction():
            known = self.books.trade(asked.provider, order.out_trade_no)
            if known is None:
                number = self.books.next_number()
                self.books.add_trade(
                    TradeRow(
                        number=number,
                        provider=asked.provider,
                        tenant_id=order.tenant_id,
                        merchant=order.merchant,
                        out_trade_no=order.out_trade_no,
                        provider_trade_no=f"42{number:08d}{new_id().hex[-12:]}",
                        amount_fen=order.amount_fen,
                        title=order.title,
                        return_url=order.return_url,
                        expires_at=order.expires_at,
                        status=TradeStatus.UNPAID,
                        paid_at=None,
                        payer=None,
                        notify=behaviour.notify_of(self._seed, number),
                        refunding=behaviour.refunding_of(self._seed, number),
                    )
                )
            elif known.amount_fen != order.amount_fen:
                raise RefusedError("number_taken", "this number is an order of another amount")
        return f"{self._origin}/pay/{order.out_trade_no}"

    def page(self, out_trade_no: str) -> TradeRow:
        """What the cashier page shows; `NotFoundError` for no order."""
        with self.books.transaction():
            trade = self.books.trade_at_page(out_trade_no)
        if trade is None:
            raise NotFoundError("no such order")
        return trade

    def pay(self, out_trade_no: str) -> TradeRow:
        """The customer pays; an order that is paid, closed or over stays as it is."""
        now = clock.now()
        with self.books.transaction():
            trade = self.books.trade_at_page(out_trade_no)
            if trade is None:
                raise NotFoundError("no such order")
            if trade.status is TradeStatus.UNPAID and now < trade.expires_at:
                trade = trade._replace(status=TradeStatus.PAID, paid_at=now, payer=_PAYER)
                self.books.change_trade(trade)
                self._notify(trade, wire_trade=trade.told())
        return trade

    def behave(self, out_trade_no: str, notify: Notify, refunding: Refunding) -> None:
        """Choose how an order is treated from here on."""
        with self.books.transaction():
            trade = self.books.trade_at_page(out_trade_no)
            if trade is None:
                raise NotFoundError("no such order")
            self.books.change_trade(trade._replace(notify=notify, refunding=refunding))

    def query(self, asked: wire.OrderNumber) -> Trade:
        """An order as it stands."""
        with self.books.transaction():
            trade = self.books.trade(asked.provider, asked.out_trade_no)
        if trade is None:
            return Trade(out_trade_no=asked.out_trade_no, status=TradeStatus.NOT_FOUND)
        return trade.told()

    def close(self, asked: wire.OrderNumber) -> Trade:
        """Let nobody pay an order any more."""
        with self.books.transaction():
            trade = self.books.trade(asked.provider, asked.out_trade_no)
            if trade is None:
                raise RefusedError("no_such_order", "there is no such order to close")
            if trade.status is TradeStatus.PAID:
                raise RefusedError("paid", "the order is paid: refund it")
            trade = trade._replace(status=TradeStatus.CLOSED)
            self.books.change_trade(trade)
        return trade.told()

    def refund(self, asked: wire.RefundRequest) -> RefundReport:
        """Accept a refund; the same number and amount again is the same refund."""
        order, now = asked.order, clock.now()
        with self.books.transaction():
            trade = self.books.trade_known_as(asked.provider, order.provider_trade_no)
            known = self.books.refund(asked.provider, order.out_refund_no)
            if known is not None:
                if known.amount_fen != order.amount_fen:
                    raise RefusedError("number_taken", "this number is another refund")
                return known.told()
            if trade is None or trade.status is not TradeStatus.PAID:
                raise RefusedError("not_paid", "no such order is paid")
            self._check_refund(trade, order.amount_fen, now)
            refund = _accepted(trade, order.out_refund_no, order.amount_fen, now)
            self.books.add_refund(refund)
            if refund.status is RefundStatus.SUCCEEDED:
                self._notify(trade, wire_refund=refund.told())
        return refund.told()

    def query_refund(self, asked: wire.RefundNumber) -> RefundReport:
        """A refund as it stands."""
        with self.books.transaction():
            refund = self.books.refund(asked.provider, asked.out_refund_no)
        if refund is None:
            nothing = RefundStatus.NOT_FOUND
            return RefundReport(out_refund_no=asked.out_refund_no, status=nothing)
        return refund.told()

    def bring_along(self, asked: wire.BroughtAlong) -> Trade:
        """Know an order that was paid in an earlier time; the same again is the same order."""
        with self.books.transaction():
            trade = self.books.trade_known_as(asked.provider, asked.provider_trade_no)
            if trade is None:
                number = self.books.next_number()
                trade = TradeRow(
                    number=number,
                    provider=asked.provider,
                    tenant_id=asked.tenant_id,
                    merchant=asked.tenant_id,
                    out_trade_no=f"earlier-{asked.provider_trade_no}",
                    provider_trade_no=asked.provider_trade_no,
                    amount_fen=asked.amount_fen,
                    title="",
                    return_url="",
                    expires_at=asked.paid_at,
                    status=TradeStatus.PAID,
                    paid_at=asked.paid_at,
                    payer=asked.payer or _PAYER,
                    notify=behaviour.notify_of(self._seed, number),
                    refunding=behaviour.refunding_of(self._seed, number),
                )
                self.books.add_trade(trade)
        return trade.told()

    def bill(self, asked: wire.BillRequest) -> wire.BillAnswer:
        """What a merchant was paid and gave back on a day; from 10:00 of the next day on."""
        first, last = clock.begins(asked.day), clock.begins(asked.day + timedelta(days=1))
        if clock.now() < last + billing.READY_AFTER:
            raise TooSoonError("the bill is made at 10:00 of the next day")
        of = (asked.provider, asked.tenant_id)
        with self.books.transaction():
            trades = self.books.trades_paid_between(*of, first, last)
            entries = [billing.entry_of_trade(trade) for trade in trades]
            for refund in self.books.refunds_made_between(*of, first, last):
                trade = self.books.trade_numbered(refund.number)
                assert trade is not None
                entries.append(billing.entry_of_refund(refund, trade))
            wrongs = {Wrong(one) for one in self.books.wrongs(*of, asked.day)}
        return wire.BillAnswer(*billing.bill(entries, asked.day, wrongs))

    def spoil(self, asked: wire.SpoiltBill) -> wire.SpoiltBill:
        """Have something go wrong with a bill, for a test of who reads it."""
        unknown = [one for one in asked.wrongs if one not in set(Wrong)]
        if unknown:
            raise RefusedError("unknown_wrong", f"choose of {', '.join(Wrong)}")
        with self.books.transaction():
            self.books.spoil(asked.provider, asked.tenant_id, asked.day, asked.wrongs)
        return asked

    def advance(self) -> None:
        """Let refunds end whose time has come, and tell their merchants."""
        now = clock.now()
        with self.books.transaction():
            for refund in self.books.refunds_running_until(now):
                ended = refund._replace(status=refund.outcome, at=now)
                self.books.change_refund(ended)
                trade = self.books.trade_numbered(refund.number)
                assert trade is not None
                self._notify(trade, wire_refund=ended.told())

    def _check_refund(self, trade: TradeRow, amount_fen: int, now: datetime) -> None:
        limits = PROVIDERS[trade.provider]
        earlier = self.books.refunds_of(trade.number)
        assert trade.paid_at is not None
        if limits.is_too_old(trade.paid_at, now):
            raise RefusedError("too_old", "the order is too old to be refunded")
        if len(earlier) >= limits.partial_refunds_max:
            raise RefusedError("too_many", "the order was refunded too often")
        dead = {RefundStatus.ABNORMAL, RefundStatus.CLOSED}
        given_fen = sum(one.amount_fen for one in earlier if one.status not in dead)
        if given_fen + amount_fen > trade.amount_fen:
            raise RefusedError("too_much", "more than was paid")
        if earlier and now - earlier[-1].created_at < limits.refund_pause:
            raise TooSoonError("two refunds of one order: wait a little between them")

    def _notify(
        self,
        trade: TradeRow,
        *,
        wire_trade: Trade | None = None,
        wire_refund: RefundReport | None = None,
    ) -> None:
        if trade.notify is Notify.NEVER:
            return
        now, notice_id = clock.now(), new_id().hex
        notice = wire.Notice(
            id=notice_id, provider=trade.provider, trade=wire_trade, refund=wire_refund
        )
        body = msgspec.json.encode(notice)
        delay = behaviour.LATE if trade.notify is Notify.LATE else timedelta()
        for _ in range(2 if trade.notify is Notify.TWICE else 1):
            self.books.add_delivery(notice_id, trade.provider, trade.tenant_id, body, now + delay)


def _accepted(trade: TradeRow, out_refund_no: str, amount_fen: int, now: datetime) -> RefundRow:
    at_once = trade.refunding is Refunding.AT_ONCE
    fails = trade.refunding is Refunding.ABNORMAL
    return RefundRow(
        provider=trade.provider,
        out_refund_no=out_refund_no,
        provider_refund_no=f"50{new_id().hex[-16:]}",
        number=trade.number,
        amount_fen=amount_fen,
        status=RefundStatus.SUCCEEDED if at_once else RefundStatus.PROCESSING,
        outcome=RefundStatus.ABNORMAL if fails else RefundStatus.SUCCEEDED,
        created_at=now,
        ends_at=now if at_once else now + behaviour.REFUND_TAKES,
        at=now if at_once else None,
    )
