"""A settlement as the issuer gets it: the same rows as CSV and as Excel. Pure."""

import hashlib
from collections.abc import Iterator, Sequence

from tapline import clock
from tapline.cards.issuers.settlements.model import LineKind, Settlement, SettlementLine
from tapline.files import sheets
from tapline.files.sheets import Cell

HEADER = (
    "编号",
    "类别",
    "卡号",
    "时间",
    "站点",
    "机器",
    "位置",
    "金额（分）",
    "证据 SHA-256",
)
_KINDS = {LineKind.POUR: "接水", LineKind.CORRECTION: "更正", LineKind.AGAIN: "再次申报"}


def csv_of(lines: Sequence[SettlementLine]) -> bytes:
    """The file that the settlement's hash is of; the same lines are the same bytes."""
    return sheets.csv_bytes(_rows(lines))


def excel_of(settlement: Settlement, lines: Sequence[SettlementLine]) -> bytes:
    """The same as Excel, with the hash of the CSV below."""
    rows: list[tuple[Cell, ...]] = [
        *_rows(lines),
        ("手续费（分）", *_blank(6), settlement.commission_fen, ""),
        ("应付（分）", *_blank(6), settlement.payable_fen, ""),
        ("CSV SHA-256", *_blank(7), settlement.sha256.hex()),
    ]
    title = f"{settlement.issuer_id} {settlement.number}"
    return sheets.excel_bytes(rows, title=title)


def sha256_of(lines: Sequence[SettlementLine]) -> bytes:
    """The hash of the CSV."""
    return hashlib.sha256(csv_of(lines)).digest()


def _rows(lines: Sequence[SettlementLine]) -> Iterator[tuple[Cell, ...]]:
    yield HEADER
    for line in lines:
        yield (
            line.key,
            _KINDS[line.kind],
            line.card_no,
            line.event_at.astimezone(clock.BUSINESS_ZONE).isoformat(timespec="seconds"),
            line.site,
            line.device_id,
            line.spot,
            line.amount_fen,
            line.evidence.hex(),
        )
    new = sum(line.amount_fen for line in lines if line.kind is not LineKind.AGAIN)
    again = sum(line.amount_fen for line in lines if line.kind is LineKind.AGAIN)
    yield ("合计", *_blank(6), new, "")
    if again:
        yield ("再次申报合计", *_blank(6), again, "")


def _blank(count: int) -> tuple[str, ...]:
    return ("",) * count
