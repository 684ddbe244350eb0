"""Reading a bill, in the shape of WeChat Pay's 交易账单. Pure.

CSV whose fields begin with a back-tick: names, a line per payment or refund, then the names and
the line of totals. Amounts are yuan, moments Beijing's. An adapter of another provider writes its
bill so. Source: pay.weixin.qq.com, API v3, "申请交易账单".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tapline import clock
from tapline.files import Flaw, FlawedError
from tapline.money import yuan
from tapline.payments.bills.model import LineKind

AVAILABLE_AFTER = timedelta(hours=10, minutes=15)
"""After the end of the day: it is asked for from 10:15 on."""
OVERDUE_AFTER = timedelta(hours=11)
DAYS_KEPT = 90
"""So far back providers still give bills."""

_AT: Final = "交易时间"
_TRADE_NO: Final = "微信订单号"
_OUT_TRADE_NO: Final = "商户订单号"
_STATUS: Final = "交易状态"
_CURRENCY: Final = "货币种类"
_PAID: Final = "应结订单金额"
_OUT_REFUND_NO: Final = "商户退款单号"
_REFUNDED: Final = "退款金额"
_FEE: Final = "手续费"
_COLUMNS: Final = (
    *(_AT, _TRADE_NO, _OUT_TRADE_NO, _STATUS, _CURRENCY),
    *(_PAID, _OUT_REFUND_NO, _REFUNDED, _FEE),
)
_KINDS: Final = {"SUCCESS": LineKind.PAYMENT, "REFUND": LineKind.REFUND}

_AMOUNT: Final = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,5})?")

_COUNT: Final = "总交易单数"
_TOTALS: Final = {
    "应结订单总金额": "paid_fen",
    "退款总金额": "refunded_fen",
    "手续费总金额": "fee_fen",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read; see `BillLine`."""

    line: int
    kind: LineKind
    number: str
    out_trade_no: str
    amount_fen: int
    fee_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """A bill that was read, and whose totals are those of its lines."""

    lines: Sequence[Line]

    @property
    def paid_fen(self) -> int:
        return sum(one.amount_fen for one in self.lines if one.kind is LineKind.PAYMENT)

    @property
    def refunded_fen(self) -> int:
        return sum(one.amount_fen for one in self.lines if one.kind is LineKind.REFUND)

    @property
    def fee_fen(self) -> int:
        return sum(one.fee_fen for one in self.lines)


def read(content: bytes, day: date) -> Contents:
    """The lines of the bill of `day`.

    Raises:
        FlawedError: something cannot be read, or does not add up; it names each line.
    """
    try:
        rows = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise FlawedError([Flaw(0, "no_text")]) from None
    columns = rows[0].split(",") if rows else []
    if missing := [Flaw(1, "no_column", name) for name in _COLUMNS if name not in columns]:
        raise FlawedError(missing)
    end = next((at for at, row in enumerate(rows) if row.startswith(_COUNT)), len(rows))
    told = [_line(number, row, columns, day) for number, row in enumerate(rows[1:end], start=2)]
    contents = Contents([one for one in told if isinstance(one, Line)])
    flaws = [one for one in told if isinstance(one, Flaw)]
    if flaws := flaws or _sums(contents, rows, end):
        raise FlawedError(flaws)
    return contents


def _line(number: int, row: str, columns: Sequence[str], day: date) -> Line | Flaw:
    values = _split(row)
    if len(values) != len(columns):
        return Flaw(number, "no_line", "", row[:60])
    cells = dict(zip(columns, values, strict=True))
    kind = _KINDS.get(cells[_STATUS], LineKind.PAYMENT)
    name, amount = (_TRADE_NO, _PAID) if kind is LineKind.PAYMENT else (_OUT_REFUND_NO, _REFUNDED)
    at, amount_fen, fee_fen = _moment(cells[_AT]), _fen(cells[amount]), _fen(cells[_FEE])
    if at is None or clock.business_date(at) != day:
        return Flaw(number, "no_moment", _AT, cells[_AT])
    if amount_fen is None or amount_fen <= 0:
        return Flaw(number, "no_yuan", amount, cells[amount])
    if fee_fen is None:
        return Flaw(number, "no_yuan", _FEE, cells[_FEE])
    if wrong := _wrong(cells, name):
        return Flaw(number, *wrong)
    return Line(number, kind, cells[name], cells[_OUT_TRADE_NO], amount_fen, fee_fen, at)


def _wrong(cells: Mapping[str, str], name: str) -> tuple[str, str, str] | None:
    """Code, column and value of the first word that cannot be."""
    if cells[_STATUS] not in _KINDS:
        return "no_status", _STATUS, cells[_STATUS]
    if cells[_CURRENCY] != "CNY":
        return "no_currency", _CURRENCY, cells[_CURRENCY]
    return None if cells[name] else ("missing", name, "")


def _sums(contents: Contents, rows: Sequence[str], at: int) -> list[Flaw]:
    """What of the totals is missing, or is not the lines'. A bill cut off has none."""
    if at + 1 >= len(rows):
        return [Flaw(0, "cut_off")]
    names, values = rows[at].split(","), _split(rows[at + 1])
    if len(values) != len(names):
        return [Flaw(at + 2, "no_line", "", rows[at + 1][:60])]
    said = dict(zip(names, values, strict=True))
    flaws = []
    if said[_COUNT] != str(len(contents.lines)):
        flaws.append(Flaw(at + 2, "no_sum", _COUNT, said[_COUNT]))
    for name, of in _TOTALS.items():
        if _fen(said.get(name, "")) != getattr(contents, of):
            flaws.append(Flaw(at + 2, "no_sum", name, said.get(name, "")))
    return flaws


def _split(row: str) -> list[str]:
    """Fields begin with a back-tick, so that a comma in a title separates nothing."""
    return row.removeprefix("`").split(",`")


def _fen(text: str) -> int | None:
    """An amount in fen; providers pad with zeros, `0.60000`, and write no exponents."""
    try:
        return yuan(text) if _AMOUNT.fullmatch(text) else None
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=clock.BUSINESS_ZONE)
    except ValueError:
        return None
