"""Books as people send them: what can be read is read exactly, and what cannot is named."""

import contextlib
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tapline.imports import SHEETS, Entry, Flaw, columns, templates, workbooks
from tapline.imports.reading import entries
from tapline.imports.workbooks import UnreadableError
from tapline.money import yuan_text
from tapline.policy import Policy


def read(content: bytes, name: str = "水卡.csv") -> list[Entry | Flaw]:
    """Everything that a file says."""

    def told() -> Iterator[Entry | Flaw]:
        seen: set[str] = set()
        for table in workbooks.tables(name, content):
            sheet = columns.sheet_named(table.name)
            if sheet is not None:
                yield from entries(table, sheet, Policy(), seen)

    return list(told())


def cards(
    *rows: Sequence[Any], heading: Sequence[str] | None = None, coding: str = "utf-8"
) -> bytes:
    """A CSV of cards."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading or [column.words for column in columns.CARDS.columns])
    writer.writerows(rows)
    return out.getvalue().encode(coding)


def excel(*rows: Sequence[Any], merge: str | None = None) -> bytes:
    """A workbook with a sheet of cards."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "水卡"
    page.append([column.words for column in columns.CARDS.columns])
    for row in rows:
        page.append(list(row))
    if merge:
        page.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def codes(content: bytes, name: str = "水卡.csv") -> list[str]:
    return [one.code for one in read(content, name) if isinstance(one, Flaw)]


FEN = st.integers(0, 50_000)
IDS = st.from_regex(r"[0-9A-Za-z./#_-]{1,12}", fullmatch=True)
TEXTS = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text.isprintable() and text[:1] not in {"", "'", "=", "+", "-", "@"})
)
COUNTS = st.integers(0, 40)
VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "customers": st.fixed_dictionaries(
        {
            "customer_id": IDS,
            "phone": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
            "name": TEXTS,
        }
    ),
    "cards": st.fixed_dictionaries(
        {
            "card_no": st.from_regex(r"[0-9A-Za-z_]{1,20}", fullmatch=True),
            "kind": st.sampled_from(["cpu", "desfire", "m1"]),
            "customer_id": st.none() | IDS,
            "principal_fen": FEN,
            "bonus_fen": st.none() | FEN,
            "chip_atc": st.none() | COUNTS,
            "chip_fen": st.none(),
        }
    ),
    "buckets": st.fixed_dictionaries(
        {
            "entry_id": IDS,
            "customer_id": IDS,
            "buckets": COUNTS,
            "deposits": COUNTS,
            "deposit_fen": st.integers(0, 10_000),
        }
    ),
    "booklets": st.fixed_dictionaries(
        {"entry_id": IDS, "customer_id": IDS, "sku": IDS, "tickets": st.integers(1, 1000)}
    ),
    "cases": st.fixed_dictionaries(
        {
            "entry_id": IDS,
            "customer_id": IDS,
            "card_no": st.none(),
            "category": st.sampled_from(sorted(columns.CASE_CATEGORIES)),
            "told_on": st.dates().filter(lambda day: 1990 <= day.year <= 2100).map(str),
            "words": TEXTS,
        }
    ),
}


@st.composite
def books(draw: st.DrawFn) -> list[Entry]:
    """Lines that stand for different things, sheet by sheet, numbered as they will be written."""
    found = []
    for sheet in SHEETS:
        first = sheet.id_column.name
        unique = (lambda one, by=first: one[by],) + (
            (lambda one: one["phone"],) if sheet.code == "customers" else ()
        )
        rows = draw(st.lists(VALUES[sheet.code], max_size=4, unique_by=unique))
        found += [Entry(sheet, line, values) for line, values in enumerate(rows, start=2)]
    return found


@pytest.mark.req("U24")
@settings(max_examples=30)
@given(books())
def test_what_is_written_into_the_form_is_read_back_as_it_was(told: list[Entry]) -> None:
    assert read(templates.excel(told), "books.xlsx") == told
    assert read(templates.csv_zip(told), "books.zip") == told


@pytest.mark.req("U24")
@settings(max_examples=40)
@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=20))
def test_an_amount_is_read_to_the_fen_as_text_and_as_excels_number(amounts: list[int]) -> None:
    written = [form(fen) for fen in amounts for form in (yuan_text, lambda fen: fen / 100)]
    content = excel(*((str(9000 + at), "cpu", "", one) for at, one in enumerate(written)))
    told = [
        one.values["principal_fen"] for one in read(content, "a.xlsx") if isinstance(one, Entry)
    ]
    assert told == [fen for fen in amounts for _ in range(2)]


CARD = ("9001", "cpu", "", "12.50", "", "", "")


@pytest.mark.req("U24")
@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (cards(("9001", "cpu", "", "12.345")), "水卡.csv", ["not_yuan"]),
        (cards(("9001", "cpu", "", "-12.5")), "水卡.csv", ["negative"]),
        (cards(("9001", "cpu", "", "12.5元")), "水卡.csv", ["other_unit"]),
        (cards(("9001", "cpu", "", "¥12.5")), "水卡.csv", ["other_unit"]),
        (cards(("9001", "cpu", "", "1e3")), "水卡.csv", ["not_yuan"]),
        (cards(("9001", "cpu", "", "1,250")), "水卡.csv", ["not_yuan"]),
        (cards(("9001", "cpu", "", "1000.01")), "水卡.csv", ["too_much"]),
        (cards(("9001", "cpu", "K1", "5000.01")), "水卡.csv", ["too_much"]),
        (cards(("9001", "cpu", "", "")), "水卡.csv", ["missing"]),
        (cards(("90:01", "cpu", "", "1")), "水卡.csv", ["no_number"]),
        (cards(("9001", "gold", "", "1")), "水卡.csv", ["no_card_kind"]),
        (cards(("9001", "id", "", "1", "", "3", "")), "水卡.csv", ["no_chip"]),
        (cards(("9001", "cpu", "", "1", "", "3", "2")), "水卡.csv", ["chip_differs"]),
        (cards(CARD, CARD), "水卡.csv", ["repeated"]),
        (cards((*CARD, "stray")), "水卡.csv", ["no_heading"]),
        (
            cards(CARD, heading=["卡号", "卡类型", "客户编号", "本金（分）"]),
            "水卡.csv",
            ["other_unit"],
        ),
        (
            cards(CARD, heading=["卡号", "卡类型", "客户编号", "余额"]),
            "水卡.csv",
            ["unknown_column"],
        ),
        (cards(CARD, heading=["卡号", "卡类型", "客户编号"]), "水卡.csv", ["no_column"]),
        (
            cards(CARD, heading=["卡号", "卡号", "卡类型", "本金（元）"]),
            "水卡.csv",
            ["two_columns"],
        ),
        (excel(("9001", "cpu", "", "=1+1")), "a.xlsx", ["formula"]),
        (excel((1234567890123456789, "cpu", "", 1)), "a.xlsx", ["rounded_number"]),
        (
            excel(CARD, ("9002", "cpu", "", "1"), merge="A2:A3"),
            "a.xlsx",
            ["merged_cells", "missing"],
        ),
    ],
)
def test_every_mistake_is_named_with_its_place(
    content: bytes, name: str, expected: list[str]
) -> None:
    assert codes(content, name) == expected


@pytest.mark.req("U24")
def test_gbk_is_read_and_said_and_what_is_no_text_is_refused() -> None:
    (table,) = workbooks.tables("水卡.csv", cards(("9001", "CPU卡", "", "1"), coding="gb18030"))
    assert list(table.notes) == ["gbk"]
    assert [line.cells[1] for line in table.lines] == ["卡类型", "CPU卡"]
    with pytest.raises(UnreadableError, match="no_text"):
        read(cards(CARD, coding="utf-16"))


PACKED = [excel(CARD), workbooks.zipped([("水卡.csv", cards(CARD) * 50)])]


@pytest.mark.req("U24")
@given(st.sampled_from(PACKED), st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255))))
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_reader(
    content: bytes, damage: Sequence[tuple[int, int]]
) -> None:
    damaged = bytearray(content)
    for at, byte in damage:
        damaged[at % len(damaged)] = byte
    with contextlib.suppress(UnreadableError):
        assert all(isinstance(one, Entry | Flaw) for one in read(bytes(damaged)))


def bomb() -> bytes:
    """Half a gigabyte of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(5):
            packed.writestr(f"{number}.csv", bytes(100 * 2**20))
    return out.getvalue()


@pytest.mark.req("U24")
def test_a_file_that_is_none_is_refused_whole() -> None:
    for content, code in (
        (b"", "empty"),
        (b"PK\x03\x04 and then nothing", "no_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "no_excel"),
        (excel(CARD)[:-500], "no_excel"),
        (bytes(workbooks.BYTES_MAX + 1), "too_large"),
        (bomb(), "too_large"),
        (workbooks.zipped([("readme.txt", b"x")]), "no_csv"),
        (cards(CARD) + b'"9002,cpu', "no_csv"),
    ):
        with pytest.raises(UnreadableError, match=code):
            read(content)
