"""A school's list, read line by line. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tapline.errors import InvalidError
from tapline.files import Flaw, FlawedError
from tapline.files.sheets import Row
from tapline.people import phone_number

_COLUMNS: Final = {
    "student_no": ("学号", "student no", "student_no"),
    "name": ("姓名", "name"),
    "class_name": ("班级", "class"),
    "graduates_on": ("毕业日期", "graduation date", "graduates_on"),
    "phone": ("手机号", "手机", "phone"),
    "card_no": ("卡号", "水卡号", "card no", "card_no"),
    "born_on": ("出生日期", "date of birth", "born_on"),
    "guardian_name": ("监护人", "guardian", "guardian_name"),
    "guardian_phone": ("监护人手机号", "监护人手机", "guardian phone", "guardian_phone"),
}
_NEEDED: Final = ("student_no", "name", "class_name")
_STUDENT_NO = re.compile(r"[0-9A-Za-z_-]{1,32}")
_CARD_NO = re.compile(r"[0-9A-Za-z_-]{1,32}")
_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_TEXT_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A student as a list names him."""

    line: int
    student_no: str
    name: str
    class_name: str
    graduates_on: date | None = None
    phone: str | None = None
    card_no: str | None = None
    born_on: date | None = None
    guardian_name: str | None = None
    guardian_phone: str | None = None

    @property
    def contact(self) -> str | None:
        """By which phone the student, or whoever stands for him, is reached."""
        return self.phone or self.guardian_phone


FIELDS: Final = tuple(_COLUMNS)
"""What a list says of a student, by the names of `Entry` and `Student`."""


def entries(rows: Sequence[Row]) -> tuple[list[Entry], list[Flaw]]:
    """The students that a list names, and what is wrong with its lines.

    Line 1 names the columns: 学号, 姓名 and 班级, and any of 毕业日期, 手机号, 卡号, 出生日期,
    监护人, 监护人手机号.

    Raises:
        FlawedError: a needed column is missing, or there are no students.
    """
    places = _places(rows[0])
    found: list[Entry] = []
    flaws: list[Flaw] = []
    for row in rows[1:]:
        cells = {name: _cell(row, place) for name, place in places.items()}
        reader = _Reader(row.number, cells)
        entry = reader.entry()
        flaws += reader.flaws
        if not reader.flaws:
            found.append(entry)
    if not found and not flaws:
        raise FlawedError([Flaw(0, "empty")])
    return found, flaws


class _Reader:
    """One line; what cannot be read is noted and left out."""

    def __init__(self, line: int, cells: Mapping[str, str]) -> None:
        self.flaws: list[Flaw] = []
        self._line = line
        self._cells = cells

    def entry(self) -> Entry:
        """The student of this line, to be used only where nothing is wrong with it."""
        return Entry(
            line=self._line,
            student_no=self._matching("student_no", _STUDENT_NO, "学号") or "",
            name=self._text("name", "姓名") or "",
            class_name=self._text("class_name", "班级") or "",
            graduates_on=self._date("graduates_on", "毕业日期"),
            phone=self._phone("phone", "手机号"),
            card_no=self._matching("card_no", _CARD_NO, "卡号"),
            born_on=self._date("born_on", "出生日期"),
            guardian_name=self._text("guardian_name", "监护人"),
            guardian_phone=self._phone("guardian_phone", "监护人手机号"),
        )

    def _matching(self, column: str, pattern: re.Pattern[str], name: str) -> str | None:
        value = self._value(column, name)
        if value is not None and not pattern.fullmatch(value):
            self._flaw("no_number", name, value)
        return value

    def _text(self, column: str, name: str) -> str | None:
        value = self._value(column, name)
        if value is not None and (len(value) > _TEXT_MAX or not value.isprintable()):
            self._flaw("no_text_cell", name, value[:_TEXT_MAX])
        return value

    def _date(self, column: str, name: str) -> date | None:
        value = self._value(column, name)
        if value is None:
            return None
        for written in _DATE_FORMATS:
            try:
                day = datetime.strptime(value, written).date()  # noqa: DTZ007 (a day, no moment)
            except ValueError:
                continue
            if 1900 <= day.year <= 2100:
                return day
        self._flaw("no_day", name, value)
        return None

    def _phone(self, column: str, name: str) -> str | None:
        value = self._value(column, name)
        if value is None:
            return None
        try:
            return phone_number(value)
        except InvalidError:
            self._flaw("no_phone", name, value)
            return None

    def _value(self, column: str, name: str) -> str | None:
        value = self._cells.get(column) or None
        if value is None and column in _NEEDED:
            self._flaw("missing", name)
        return value

    def _flaw(self, code: str, column: str, value: str = "") -> None:
        self.flaws.append(Flaw(self._line, code, column, value))


def _places(header: Row) -> dict[str, int]:
    names = [cell.lower() for cell in header.cells]
    places: dict[str, int] = {}
    for column, aliases in _COLUMNS.items():
        found = [at for at, name in enumerate(names) if name in aliases]
        if len(found) > 1:
            raise FlawedError([Flaw(header.number, "two_columns", aliases[0])])
        if found:
            places[column] = found[0]
        elif column in _NEEDED:
            raise FlawedError([Flaw(header.number, "no_column", aliases[0])])
    return places


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""
