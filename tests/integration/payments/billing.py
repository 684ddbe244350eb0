"""Bills as a provider in memory writes them: what a test says, in the shape of the real ones."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tapline import clock
from tapline.money import yuan_text
from tapline.payments import BillFile

NAMES = ",".join(
    (
        *("交易时间", "微信订单号", "商户订单号", "交易状态", "货币种类", "应结订单金额"),
        *("商户退款单号", "退款金额", "商品名称", "手续费"),
    )
)
TOTALS = "总交易单数,应结订单总金额,退款总金额,手续费总金额"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line; a refund where `out_refund_no` is given."""

    at: datetime
    trade_no: str = ""
    out_trade_no: str = ""
    out_refund_no: str = ""
    amount_fen: int
    fee_fen: int = 0

    def written(self) -> str:
        back = bool(self.out_refund_no)
        amount, nothing = yuan_text(self.amount_fen), "0.00"
        values = [
            f"{self.at.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M:%S}",
            self.trade_no,
            self.out_trade_no,
            "REFUND" if back else "SUCCESS",
            "CNY",
            nothing if back else amount,
            self.out_refund_no or "0",
            amount if back else nothing,
            "桶装水, 两桶",
            f"{yuan_text(self.fee_fen)}000",
        ]
        return ",".join(f"`{value}" for value in values)


def text_of(rows: Sequence[Row]) -> str:
    paid = sum(row.amount_fen for row in rows if not row.out_refund_no)
    back = sum(row.amount_fen for row in rows if row.out_refund_no)
    fees = sum(row.fee_fen for row in rows)
    totals = f"`{len(rows)},`{yuan_text(paid)},`{yuan_text(back)},`{yuan_text(fees)}"
    return "\r\n".join([NAMES, *(row.written() for row in rows), TOTALS, totals]) + "\r\n"


def file_of(text: str) -> BillFile:
    content = text.encode("utf-8-sig")
    return BillFile(content=content, sha1=hashlib.sha1(content).hexdigest())
