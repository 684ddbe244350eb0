"""The published form of the books that we take over: sheets, columns, units. Pure.

A heading is what stands in the template (`本金（元） principal_yuan`), its words alone
(`本金（元）`) or its code alone (`principal_yuan`); anything else is refused, not guessed at.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tapline.cards import CardKind
from tapline.tickets import CATEGORIES


class Kind(Enum):
    """How a cell is read."""

    ID = auto()
    """Up to 64 characters without spaces and colons."""
    CARD_NO = auto()
    PHONE = auto()
    NAME = auto()
    WORDS = auto()
    YUAN = auto()
    """At most two decimals; kept as whole fen."""
    COUNT = auto()
    DAY = auto()
    CARD_KIND = auto()
    CATEGORY = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet. `code` never changes; what is optional may be left empty."""

    code: str
    title: str
    kind: Kind
    unit: str = ""
    optional: bool = False

    @property
    def words(self) -> str:
        """The heading in words, with the unit."""
        return f"{self.title}（{self.unit}）" if self.unit else self.title

    @property
    def heading(self) -> str:
        """As it stands in the template."""
        return f"{self.words} {self.code}"

    @property
    def name(self) -> str:
        """Of the value that it is read as: yuan become fen."""
        return self.code.replace("_yuan", "_fen")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, or file of its name. Its first column names each line."""

    code: str
    title: str
    columns: tuple[Column, ...]

    @property
    def id_column(self) -> Column:
        """Whose values are the lines' ids."""
        return self.columns[0]

    @property
    def number(self) -> int:
        """Where it comes in the order of applying."""
        return SHEETS.index(self)


_CUSTOMER: Final = Column("customer_id", "客户编号", Kind.ID)

CUSTOMERS: Final = Sheet(
    "customers",
    "客户",
    (_CUSTOMER, Column("phone", "手机号", Kind.PHONE), Column("name", "姓名", Kind.NAME)),
)
CARDS: Final = Sheet(
    "cards",
    "水卡",
    (
        Column("card_no", "卡号", Kind.CARD_NO),
        Column("kind", "卡类型", Kind.CARD_KIND),
        Column("customer_id", "客户编号", Kind.ID, optional=True),
        Column("principal_yuan", "本金", Kind.YUAN, "元"),
        Column("bonus_yuan", "赠送金", Kind.YUAN, "元", optional=True),
        Column("chip_atc", "芯片交易计数", Kind.COUNT, "次", optional=True),
        Column("chip_yuan", "芯片余额", Kind.YUAN, "元", optional=True),
    ),
)
BUCKETS: Final = Sheet(
    "buckets",
    "空桶押金",
    (
        Column("entry_id", "编号", Kind.ID),
        _CUSTOMER,
        Column("buckets", "在客户处的桶", Kind.COUNT, "个"),
        Column("deposits", "已交押金的桶", Kind.COUNT, "个"),
        Column("deposit_yuan", "每桶押金", Kind.YUAN, "元"),
    ),
)
BOOKLETS: Final = Sheet(
    "booklets",
    "水票",
    (
        Column("entry_id", "编号", Kind.ID),
        _CUSTOMER,
        Column("sku", "商品编码", Kind.ID),
        Column("tickets", "剩余水票", Kind.COUNT, "张"),
    ),
)
CASES: Final = Sheet(
    "cases",
    "未结工单",
    (
        Column("entry_id", "工单编号", Kind.ID),
        _CUSTOMER,
        Column("card_no", "卡号", Kind.CARD_NO, optional=True),
        Column("category", "类别", Kind.CATEGORY),
        Column("told_on", "提出日期", Kind.DAY),
        Column("words", "内容", Kind.WORDS),
    ),
)
SHEETS: Final = (CUSTOMERS, CARDS, BUCKETS, BOOKLETS, CASES)
BY_CODE: Final = {sheet.code: sheet for sheet in SHEETS}

NOTES_TITLE: Final = "填写说明"
"""The template's own sheet of instructions: it is not read."""

CARD_KINDS: Final = {kind.value: kind for kind in CardKind} | {
    "CPU卡": CardKind.CPU,
    "M1卡": CardKind.M1,
    "ID卡": CardKind.ID,
    "DESFire卡": CardKind.DESFIRE,
    "二维码": CardKind.QR,
}
CASE_CATEGORIES: Final = {
    "pour_disputed": "扣款争议",
    "balance_wrong": "余额不符",
    "card_lost": "卡片挂失",
    "service_complaint": "服务投诉",
    "call_follow_up": "回访跟进",
}
"""Of what may be open about a customer or his card, with what older systems call it."""

assert CASE_CATEGORIES.keys() <= CATEGORIES.keys()


def sheet_named(name: str) -> Sheet | None:
    """The sheet that a workbook's sheet or a file without its ending is called after.

    A browser's `水卡 (1)` is `水卡`.
    """
    said = name.strip().lower().partition(" (")[0].partition("（")[0].strip()
    return next((one for one in SHEETS if said in {one.code, one.title}), None)
