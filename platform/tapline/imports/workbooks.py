"""Files as they come: a workbook, a CSV, a zip of CSVs; as streams of lines of texts. Pure.

Nothing is evaluated or guessed at: a formula, an error, a number that Excel has rounded is a broken
cell. Money stays text: Excel's binary fractions are read with the fifteen digits that it shows.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any, Final

from openpyxl import load_workbook

from tapline.imports.rules import Flaw

BYTES_MAX: Final = 20 * 2**20
LINES_MAX: Final = 200_000
_UNPACKED_MAX: Final = 400 * 2**20
_FILES_MAX: Final = 20
_COLUMNS_MAX: Final = 64
WHOLE_LINE: Final = -1
_EXACT_MAX: Final = 10**15
"""Excel keeps fifteen digits of a number; a longer card number must be written as text."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]+(\d+)[^"]*)"')
_UTF8_NAME: Final = 0x800


class UnreadableError(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, code: str, value: str = "", sheet: str = "") -> None:
        super().__init__(code)
        self.flaw = Flaw(sheet, 0, code, value=value)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number as a program shows it, from 1; what is `broken`, by its place."""

    number: int
    cells: tuple[str, ...]
    broken: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """A sheet or CSV file, read as it is iterated. `notes` are there before the first line."""

    name: str
    lines: Iterable[Line]
    notes: Sequence[str] = ()


def tables(name: str, content: bytes) -> Iterator[Table]:
    """The tables of a file, each to be read to its end before the next.

    Raises:
        UnreadableError: it is empty, too large, damaged, or of no kind that we read.
    """
    if not content:
        raise UnreadableError("empty")
    if len(content) > BYTES_MAX:
        raise UnreadableError("too_large", f"{BYTES_MAX // 2**20} MiB")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("no_excel")
    if not content.startswith(b"PK\x03\x04"):
        yield _csv(PurePosixPath(name).stem, content)
        return
    with _opened(content) as packed:
        if "[Content_Types].xml" in packed.namelist():
            yield from _excel(content, packed)
        else:
            yield from _packed(packed)


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Several files as one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return out.getvalue()


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except Exception:  # whatever a damaged list of parts makes its reader raise
        raise UnreadableError("no_excel") from None
    parts = packed.infolist()
    if sum(part.file_size for part in parts) > _UNPACKED_MAX:
        raise UnreadableError("too_large", f"{_UNPACKED_MAX // 2**20} MiB")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("locked")
    return packed


def _packed(packed: zipfile.ZipFile) -> Iterator[Table]:
    parts = [part for part in packed.infolist() if not part.is_dir()]
    if len(parts) > _FILES_MAX:
        raise UnreadableError("too_large", f"{_FILES_MAX} files")
    for part in parts:
        path = PurePosixPath(_name(part))
        if path.suffix.lower() != ".csv":
            raise UnreadableError("no_csv", value=path.name)
        try:
            content = packed.read(part)
        except Exception:  # whatever a damaged part makes its unpacker raise
            raise UnreadableError("no_csv", value=path.name) from None
        yield _csv(path.stem, content)


def _name(part: zipfile.ZipInfo) -> str:
    """Windows writes names in the code page of its language."""
    if part.flag_bits & _UTF8_NAME:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return part.filename


def _csv(name: str, content: bytes) -> Table:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return Table(name, _csv_lines(name, text), ["gbk"] if encoding == "gb18030" else [])
    raise UnreadableError("no_text", sheet=name)


def _csv_lines(name: str, text: str) -> Iterator[Line]:
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > _COLUMNS_MAX:
                raise UnreadableError("too_large", f"{_COLUMNS_MAX} columns", name)
            yield Line(reader.line_num, tuple(_wild(cell.strip()) for cell in cells))
    except csv.Error as error:
        raise UnreadableError("no_csv", str(error), name) from None


def _wild(text: str) -> str:
    """A text that we wrote with an apostrophe, so that no program takes it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def _excel(content: bytes, packed: zipfile.ZipFile) -> Iterator[Table]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True)
    except Exception:  # whatever a damaged file makes its many parsers raise
        raise UnreadableError("no_excel") from None
    try:
        for sheet in book.worksheets:
            yield Table(sheet.title, _excel_lines(sheet, packed))
    finally:
        book.close()


def _excel_lines(sheet: Any, packed: zipfile.ZipFile) -> Iterator[Line]:
    try:
        merged = _merged(packed, sheet._worksheet_path)
        sheet.reset_dimensions()  # what a file says of its own size is not to be believed
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if len(cells) > _COLUMNS_MAX:
                raise UnreadableError("too_large", f"{_COLUMNS_MAX} columns", sheet.title)
            line = _line(number, cells)
            if number in merged:
                line.broken[WHOLE_LINE] = "merged_cells"
            if line.broken or any(line.cells):
                yield line
    except UnreadableError:
        raise
    except Exception:  # as above: the sheet is parsed while it is read
        raise UnreadableError("no_excel", sheet=sheet.title) from None


def _line(number: int, cells: Sequence[Any]) -> Line:
    broken: dict[int, str] = {}
    texts = []
    for place, cell in enumerate(cells):
        text, flaw = _text(cell)
        texts.append(text)
        if flaw:
            broken[place] = flaw
    return Line(number, tuple(texts), broken)


def _text(cell: Any) -> tuple[str, str]:
    """What a cell says, and what is wrong with it."""
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "f":
        return str(value), "formula"
    if cell.data_type == "e":
        return str(value), "error_cell"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10], ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        exact = abs(value) < _EXACT_MAX
        return _number(value), "" if exact else "rounded_number"
    return str(value).strip(), ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else format(value, ".15g")


def _merged(packed: zipfile.ZipFile, path: str) -> set[int]:
    """The lines in which merged areas begin: their list stands behind the sheet's data."""
    found: set[int] = set()
    with packed.open(path) as part:
        tail = b""
        while chunk := part.read(2**20):
            window = tail + chunk
            found.update(int(one[2]) for one in _MERGED.finditer(window))
            tail = window[-256:]
    return found
