"""Lines of texts as entries, and what is wrong with them. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from tapline.cards import CardKind
from tapline.errors import InvalidError
from tapline.imports import columns
from tapline.imports.columns import Column, Kind, Sheet
from tapline.imports.rules import Entry, Flaw
from tapline.imports.workbooks import LINES_MAX, WHOLE_LINE, Line, Table, UnreadableError
from tapline.money import yuan
from tapline.people import phone_number
from tapline.policy import Policy

_ID = re.compile(r"[^\s:]{1,64}")
_CARD_NO = re.compile(r"[0-9A-Za-z_-]{1,32}")
_YUAN = re.compile(r"\d{1,9}([.]\d{1,2})?")
_COUNT = re.compile(r"\d{1,9}")
_OTHER_UNIT = re.compile(r"[¥￥$]|[元分角万]|(?i:rmb|cny|usd|fen|yuan)")
_DATE_FORMATS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_NAME_MAX: Final = 60
_WORDS_MAX: Final = 2000
_COUNT_MAX: Final = 1000
_VALUE_TOLD: Final = 60


class _WrongError(Exception):
    """A cell cannot be read; its code says why."""


def entries(table: Table, sheet: Sheet, policy: Policy, seen: set[str]) -> Iterator[Entry | Flaw]:
    """The lines of a table that can be read, and what is wrong with the others.

    `seen` collects what must not come twice in a file: ids, cards and phones.

    Raises:
        UnreadableError: the file as a whole cannot be read, or is too long.
    """
    lines = iter(table.lines)
    header = next((line for line in lines if any(line.cells)), None)
    if header is None:
        return
    places, wrong = _places(sheet, header)
    yield from wrong
    if wrong:
        return
    for count, line in enumerate((one for one in lines if any(one.cells) or one.broken), start=1):
        if count > LINES_MAX:
            raise UnreadableError("too_large", f"{LINES_MAX} lines", table.name)
        yield from _Reader(sheet, line, places, policy).read(seen)


def _places(sheet: Sheet, header: Line) -> tuple[dict[str, int], list[Flaw]]:
    """Where each column stands, and what is wrong with the heading."""
    places: dict[str, int] = {}
    flaws: list[Flaw] = []

    def wrong(code: str, column: str, value: str = "") -> None:
        flaws.append(Flaw(sheet.title, header.number, code, column, value))

    for place, said in enumerate(header.cells):
        if not said:
            continue
        column = next((one for one in sheet.columns if _is_named(one, said)), None)
        if column is None:
            near = next((one for one in sheet.columns if said.startswith(one.title)), None)
            wrong("other_unit" if near and near.unit else "unknown_column", said)
        elif column.code in places:
            wrong("two_columns", column.words)
        else:
            places[column.code] = place
    for column in sheet.columns:
        if column.code not in places and not column.optional and not flaws:
            wrong("no_column", column.words)
    return places, flaws


def _is_named(column: Column, said: str) -> bool:
    plain = re.sub(r"[\s*]+", " ", said).strip().replace("(", "（").replace(")", "）")
    return plain in {column.heading, column.words, column.code}


class _Reader:
    """One line; what cannot be read is noted."""

    def __init__(self, sheet: Sheet, line: Line, places: Mapping[str, int], policy: Policy) -> None:
        self._sheet = sheet
        self._line = line
        self._places = places
        self._policy = policy
        self._flaws: list[Flaw] = []

    def read(self, seen: set[str]) -> list[Entry | Flaw]:
        """The entry, or all that is wrong with the line."""
        self._check_places()
        values = {column.name: self._value(column) for column in self._sheet.columns}
        entry = Entry(self._sheet, self._line.number, values)
        if not self._flaws:
            self._check(entry)
        if not self._flaws:
            self._check_once(entry, seen)
        return [*self._flaws] or [entry]

    def _value(self, column: Column) -> Any:
        place = self._places.get(column.code)
        text = ""
        if place is not None and place < len(self._line.cells):
            text = self._line.cells[place]
            if place in self._line.broken:
                return self._flaw(self._line.broken[place], column, text)
        if not text:
            return None if column.optional else self._flaw("missing", column)
        try:
            return _READERS[column.kind](text)
        except _WrongError as error:
            return self._flaw(str(error), column, text)

    def _check_places(self) -> None:
        """Nothing may stand where it would be lost."""
        if WHOLE_LINE in self._line.broken:
            self._flaw(self._line.broken[WHOLE_LINE], self._sheet.id_column)
        named = self._places.values()
        for place, text in enumerate(self._line.cells):
            if text and place not in named:
                self._flaw("no_heading", self._sheet.id_column, text)

    def _check(self, entry: Entry) -> None:
        """What single cells do not show."""
        values, policy = entry.values, self._policy
        if self._sheet is columns.CARDS:
            self._check_card(entry)
        elif self._sheet is columns.BUCKETS:
            if values["deposits"] * values["deposit_fen"] > policy.import_line_fen_max:
                self._flaw("too_much", self._sheet.columns[4], str(values["deposits"]))
        elif self._sheet is columns.BOOKLETS and values["tickets"] == 0:
            self._flaw("none_at_all", self._sheet.columns[3])

    def _check_card(self, entry: Entry) -> None:
        values, policy = entry.values, self._policy
        total_fen = sum(entry.amounts.values())
        named = values["customer_id"] is not None
        most_fen = policy.named_card_fen_max if named else policy.bearer_card_fen_max
        if total_fen > min(most_fen, policy.import_line_fen_max):
            self._flaw("too_much", self._sheet.columns[3], f"{total_fen / 100:.2f}")
        has_chip = CardKind(values["kind"]).has_purse
        if not has_chip and (values["chip_atc"] is not None or values["chip_fen"] is not None):
            self._flaw("no_chip", self._sheet.columns[5])
        elif values["chip_fen"] not in {None, total_fen}:
            self._flaw("chip_differs", self._sheet.columns[6], f"{values['chip_fen'] / 100:.2f}")

    def _check_once(self, entry: Entry, seen: set[str]) -> None:
        once = {self._sheet.id_column: entry.external_id}
        if self._sheet is columns.CUSTOMERS:
            once[self._sheet.columns[1]] = entry.values["phone"]
        for column, value in once.items():
            mark = f"{self._sheet.code}:{column.code}:{value}"
            if mark in seen:
                self._flaw("repeated", column, value)
            seen.add(mark)

    def _flaw(self, code: str, column: Column, value: str = "") -> None:
        told = value[:_VALUE_TOLD]
        flaw = Flaw(self._sheet.title, self._line.number, code, column.words, told)
        self._flaws.append(flaw)


def _matching(pattern: re.Pattern[str], code: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text) or not text.isprintable():
            raise _WrongError(code)
        return text

    return read


def _phone(text: str) -> str:
    try:
        return phone_number(text)
    except InvalidError:
        raise _WrongError("no_phone") from None


def _name(text: str) -> str:
    if len(text) > _NAME_MAX or not text.isprintable():
        raise _WrongError("no_text_cell")
    return text


def _words(text: str) -> str:
    if len(text) > _WORDS_MAX or not re.sub(r"[\r\n\t]", " ", text).isprintable():
        raise _WrongError("no_text_cell")
    return text


def _fen(text: str) -> int:
    if text.startswith(("-", "−", "－")):
        raise _WrongError("negative")
    if not _YUAN.fullmatch(text):
        raise _WrongError("other_unit" if _OTHER_UNIT.search(text) else "not_yuan")
    return int(yuan(text))


def _count(text: str) -> int:
    if text.startswith(("-", "−", "－")):
        raise _WrongError("negative")
    if not _COUNT.fullmatch(text):
        raise _WrongError("no_count")
    return int(text)


def _day(text: str) -> str:
    for written in _DATE_FORMATS:
        try:
            day: date = datetime.strptime(text, written).date()  # noqa: DTZ007 (a day, no moment)
        except ValueError:
            continue
        if 1990 <= day.year <= 2100:
            return day.isoformat()
    raise _WrongError("no_day")


def _card_kind(text: str) -> str:
    if text not in columns.CARD_KINDS:
        raise _WrongError("no_card_kind")
    return columns.CARD_KINDS[text].value


def _category(text: str) -> str:
    names = {name: code for code, name in columns.CASE_CATEGORIES.items()}
    code = names.get(text, text)
    if code not in columns.CASE_CATEGORIES:
        raise _WrongError("no_category")
    return code


_READERS: Final[Mapping[Kind, Callable[[str], Any]]] = {
    Kind.ID: _matching(_ID, "no_id"),
    Kind.CARD_NO: _matching(_CARD_NO, "no_number"),
    Kind.PHONE: _phone,
    Kind.NAME: _name,
    Kind.WORDS: _words,
    Kind.YUAN: _fen,
    Kind.COUNT: _count,
    Kind.DAY: _day,
    Kind.CARD_KIND: _card_kind,
    Kind.CATEGORY: _category,
}
