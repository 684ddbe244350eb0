"""A day's bill as WeChat Pay writes it, and what a tester may have gone wrong with it. Pure."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from tapline import clock
from tapline.money import yuan_text
from tapline_ops.cashier.repository import RefundRow, TradeRow

READY_AFTER = timedelta(hours=10)
"""After the end of the day."""
_FEE_PER_MILLE: Final = 6
_MERCHANT: Final = "1900000109"
_NAMES: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
_TOTALS: Final = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)


class Wrong(StrEnum):
    """What is wrong with a bill."""

    MISSING = "missing"
    """Its first line is not there."""
    FOREIGN = "foreign"
    """A payment that no merchant asked for."""
    AMOUNT = "amount"
    """Its first line says one yuan more."""
    TWICE = "twice"
    REFUND = "refund"
    """A refund that nobody asked for."""
    FEE = "fee"
    """One yuan more is kept."""
    MALFORMED = "malformed"
    HASH = "hash"
    """It was damaged on its way."""


class Entry(NamedTuple):
    """A line before it is written; `refunded_fen` is 0 for a payment."""

    at: datetime
    trade_no: str
    out_trade_no: str
    title: str
    paid_fen: int
    refund_no: str
    out_refund_no: str
    refunded_fen: int
    fee_fen: int


def entry_of_trade(trade: TradeRow) -> Entry:
    """The line of a paid order."""
    assert trade.paid_at is not None
    return Entry(
        at=trade.paid_at,
        trade_no=trade.provider_trade_no,
        out_trade_no=trade.out_trade_no,
        title=trade.title,
        paid_fen=trade.amount_fen,
        refund_no="",
        out_refund_no="",
        refunded_fen=0,
        fee_fen=_fee_fen(trade.amount_fen),
    )


def entry_of_refund(refund: RefundRow, trade: TradeRow) -> Entry:
    """The line of a refund that arrived: its share of the fee comes back."""
    assert refund.at is not None
    return Entry(
        at=refund.at,
        trade_no=trade.provider_trade_no,
        out_trade_no=trade.out_trade_no,
        title=trade.title,
        paid_fen=0,
        refund_no=refund.provider_refund_no,
        out_refund_no=refund.out_refund_no,
        refunded_fen=refund.amount_fen,
        fee_fen=-_fee_fen(refund.amount_fen),
    )


def bill(entries: Sequence[Entry], day: date, wrongs: Collection[Wrong]) -> tuple[bytes, str]:
    """The bill of a day and its SHA-1."""
    told = _spoilt(sorted(entries), day, wrongs)
    lines = [_NAMES, *(_written(one) for one in told), _TOTALS, _totals(told)]
    text = "\r\n".join(lines) + "\r\n"
    if Wrong.MALFORMED in wrongs:
        text = text.replace(",`CNY,`", ",`CNY,`?", 1)
    content = b"\xef\xbb\xbf" + text.encode()
    damaged = content if Wrong.HASH not in wrongs else content + b"?"
    return damaged, hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _spoilt(entries: list[Entry], day: date, wrongs: Collection[Wrong]) -> list[Entry]:
    if entries and Wrong.TWICE in wrongs:
        entries.append(entries[0])
    if entries and Wrong.AMOUNT in wrongs:
        entries[0] = entries[0]._replace(paid_fen=entries[0].paid_fen + 100)
    if entries and Wrong.FEE in wrongs:
        entries[0] = entries[0]._replace(fee_fen=entries[0].fee_fen + 100)
    if entries and Wrong.MISSING in wrongs:
        del entries[0]
    noon = datetime.combine(day, time(12), clock.BUSINESS_ZONE)
    stranger = Entry(noon, f"99{day:%Y%m%d}", f"X{day:%Y%m%d}", "其他", 1234, "", "", 0, 7)
    if Wrong.FOREIGN in wrongs:
        entries.append(stranger)
    if Wrong.REFUND in wrongs:
        back = stranger._replace(paid_fen=0, refunded_fen=500, fee_fen=-3)
        name = f"{day:%Y%m%d}"
        entries.append(back._replace(refund_no=f"98{name}", out_refund_no=f"XR{name}"))
    return entries


def _written(one: Entry) -> str:
    back = one.refunded_fen > 0
    at = one.at.astimezone(clock.BUSINESS_ZONE)
    values = (
        *(f"{at:%Y-%m-%d %H:%M:%S}", "wx0000000000000000", _MERCHANT, "0", ""),
        *(one.trade_no, one.out_trade_no, "", "JSAPI", "REFUND" if back else "SUCCESS"),
        *("OTHERS", "CNY", yuan_text(one.paid_fen), "0.00", one.refund_no or "0"),
        *(one.out_refund_no or "0", yuan_text(one.refunded_fen), "0.00"),
        *("ORIGINAL" if back else "", "SUCCESS" if back else "", one.title, ""),
        *(f"{yuan_text(one.fee_fen)}000", "0.60%", yuan_text(one.paid_fen)),
        *(yuan_text(one.refunded_fen), ""),
    )
    return ",".join(f"`{value}" for value in values)


def _totals(entries: Sequence[Entry]) -> str:
    paid = yuan_text(sum(one.paid_fen for one in entries))
    back = yuan_text(sum(one.refunded_fen for one in entries))
    fees = f"{yuan_text(sum(one.fee_fen for one in entries))}000"
    values = (str(len(entries)), paid, back, "0.00", fees, paid, back)
    return ",".join(f"`{value}" for value in values)


def _fee_fen(amount_fen: int) -> int:
    return (amount_fen * _FEE_PER_MILLE + 500) // 1000
