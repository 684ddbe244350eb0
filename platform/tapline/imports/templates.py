"""The forms that people fill in, and entries written into them. Pure."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from tapline.files import sheets as tables
from tapline.imports import columns, workbooks
from tapline.imports.columns import SHEETS, Column, Kind, Sheet
from tapline.imports.rules import Entry
from tapline.money import yuan_text

_NOTES: Final = (
    ("每张表第一行是列名，请勿改动；不需要的表可以删除或留空。",),
    ("金额一律为元，最多两位小数，例如 12.50；不写“元”或“¥”，不用公式，不合并单元格。",),
    ("编号是旧系统里的编号：同一来源内一个编号只代表一件事，重复导入不会重复记账。",),
    ("手机号和卡号请按文本填写，以免被表格软件改写。",),
    ("水卡的“芯片交易计数”和“芯片余额”只用于带钱包的芯片卡；不清楚时留空。",),
    ("空桶押金：同一客户有不同的每桶押金时，每种一行。",),
)


def excel(entries: Iterable[Entry] = ()) -> bytes:
    """A workbook with every sheet, filled with `entries`; without them, the empty form."""
    book = Workbook(write_only=True)
    _write(book, columns.NOTES_TITLE, [*_NOTES, (), *_legend()])
    by_sheet = _by_sheet(entries)
    for sheet in SHEETS:
        _write(book, sheet.title, [_headings(sheet), *map(_texts, by_sheet[sheet.code])])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_zip(entries: Iterable[Entry] = ()) -> bytes:
    """The same as CSV, a file a sheet."""
    by_sheet = _by_sheet(entries)
    return workbooks.zipped(
        [
            (
                f"{sheet.title}.csv",
                tables.csv_bytes([_headings(sheet), *map(_texts, by_sheet[sheet.code])]),
            )
            for sheet in SHEETS
        ]
    )


def _by_sheet(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {sheet.code: [] for sheet in SHEETS}
    for entry in entries:
        found[entry.sheet.code].append(entry)
    return found


def _headings(sheet: Sheet) -> tuple[str, ...]:
    return tuple(column.heading for column in sheet.columns)


def _texts(entry: Entry) -> tuple[str, ...]:
    return tuple(_text(column, entry.values[column.name]) for column in entry.sheet.columns)


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    return yuan_text(value) if column.kind is Kind.YUAN else str(value)


def _legend() -> list[Sequence[str]]:
    lines: list[Sequence[str]] = []
    for sheet in SHEETS:
        for column in sheet.columns:
            needed = "选填" if column.optional else "必填"
            lines.append((sheet.title, column.words, column.code, needed, _choices(column)))
    return lines


def _choices(column: Column) -> str:
    if column.kind is Kind.CARD_KIND:
        return " / ".join(columns.CARD_KINDS)
    if column.kind is Kind.CATEGORY:
        return " / ".join(columns.CASE_CATEGORIES.values())
    return ""


def _write(book: Workbook, title: str, rows: Iterable[Sequence[str]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    for number, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, text)
            cell.data_type = "s"  # never a formula
            if number == 0 and title != columns.NOTES_TITLE:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
