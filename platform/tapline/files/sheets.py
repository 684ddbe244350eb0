"""Tables that people send and get: CSV and Excel, as rows of texts. Pure.

What comes in is read as it is written, whatever program wrote it: UTF-8 with or without a mark,
GB18030 from an older Excel, commas, semicolons or tabulators. Numbers and dates of Excel become
texts; a number that Excel has rounded is refused, not guessed at.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tapline.files.flaws import Flaw, FlawedError

ROWS_MAX: Final = 100_000
COLUMNS_MAX: Final = 64
SHEET_ROWS_MAX: Final = 1_000_000
"""Excel reads 1,048,576."""
BYTES_MAX: Final = 20 * 2**20
_UNPACKED_MAX: Final = 200 * 2**20
_EXACT_MAX: Final = 10**15
"""Excel keeps fifteen digits of a number; a longer card number must be written as text."""

CSV_TYPE: Final = "text/csv; charset=utf-8"
EXCEL_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float
"""What we write: texts, and numbers that a program may reckon with. Money is a whole number."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table with its number as a program shows it, from 1. Blank ones are left out."""

    number: int
    cells: tuple[str, ...]


def read(content: bytes) -> list[Row]:
    """The rows of a CSV or Excel file that are not blank, the cells without space around them.

    Raises:
        FlawedError: it is neither, is empty or too large, has merged cells, or a number that
            Excel has rounded.
    """
    if len(content) > BYTES_MAX:
        raise FlawedError([Flaw(0, "too_large", value=f"{BYTES_MAX // 2**20} MiB")])
    rows = _excel_rows(content) if content.startswith(b"PK\x03\x04") else _csv_rows(content)
    found = [row for row in rows if any(row.cells)]
    if not found:
        raise FlawedError([Flaw(0, "empty")])
    return found


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as CSV in UTF-8 with the mark that makes Excel read it as such.

    The same rows are the same bytes. A text that a spreadsheet would take for a formula gets an
    apostrophe in front.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_tame(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def excel_bytes(rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """The table as an Excel file, its first row bold. Texts stay texts, card numbers included."""
    out = io.BytesIO()
    write_excel(out, rows, title=title)
    return out.getvalue()


def write_excel(
    out: IO[bytes],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str,
    sheet_rows_max: int = SHEET_ROWS_MAX,
) -> None:
    """The same of a table of any length, a row at a time: what a sheet has no room for is on the
    next, under the same headings. `out` can be read and sought in."""
    book = Workbook(write_only=True)
    lines = iter(rows)
    head, row, number = next(lines, ()), next(lines, None), 0
    while row is not None or number == 0:
        number += 1
        sheet = book.create_sheet(title[:31] if number == 1 else f"{title[:25]} {number}")
        sheet.freeze_panes = "A2"
        sheet.append(_headings(sheet, head))
        for _ in range(sheet_rows_max - 1):
            if row is None:
                break
            sheet.append([_written(sheet, value) for value in row])
            row = next(lines, None)
    book.save(out)


def _headings(sheet: Any, head: Sequence[Cell]) -> list[Any]:
    cells = [WriteOnlyCell(sheet, value) for value in head]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _written(sheet: Any, value: Cell) -> Any:
    """A text that Excel would take for a formula or an error is said to be one."""
    if not isinstance(value, str) or not value.startswith(("=", "#")):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _tame(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell


def _csv_rows(content: bytes) -> list[Row]:
    text = _decoded(content)
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            rows.append(_row(reader.line_num, cells))
            _check_size(len(rows), len(cells))
    except csv.Error as error:
        raise FlawedError([Flaw(reader.line_num, "no_csv", value=str(error))]) from None
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FlawedError([Flaw(0, "no_text")])


def _excel_rows(content: bytes) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED_MAX:
                raise FlawedError([Flaw(0, "too_large", value=f"{_UNPACKED_MAX // 2**20} MiB")])
        book = load_workbook(io.BytesIO(content), data_only=True)
    except FlawedError:
        raise
    except Exception:  # whatever a damaged file makes its many parsers raise
        raise FlawedError([Flaw(0, "no_excel")]) from None
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise FlawedError([Flaw(0, "no_table")])
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        _check_size(number, len(cells))
        if any(isinstance(cell, MergedCell) for cell in cells):
            raise FlawedError([Flaw(number, "merged_cells")])
        rows.append(_row(number, [_text(cell.value, number) for cell in cells]))
    return rows


def _check_size(rows: int, columns: int) -> None:
    if rows > ROWS_MAX or columns > COLUMNS_MAX:
        raise FlawedError([Flaw(0, "too_large", value=f"{ROWS_MAX} x {COLUMNS_MAX}")])


def _row(number: int, cells: Sequence[str]) -> Row:
    # A tame text was made so by `csv_bytes`: it comes back as what it was.
    texts = (cell.strip() for cell in cells)
    return Row(number, tuple(_wild(text) for text in texts))


def _wild(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def _text(value: Any, number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if abs(value) >= _EXACT_MAX:
            raise FlawedError([Flaw(number, "rounded_number")])
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)
