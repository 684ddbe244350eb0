"""Tables that people take out of the house."""

import io
from collections.abc import Iterator

from openpyxl import load_workbook

from tapline.files import sheets


def sheets_of(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {one.title: list(one.iter_rows(values_only=True)) for one in book.worksheets}


def written(rows: list[tuple[sheets.Cell, ...]], sheet_rows_max: int) -> list[list[object]]:
    out = io.BytesIO()
    sheets.write_excel(out, rows, title="pours", sheet_rows_max=sheet_rows_max)
    return [[row[0] for row in rows] for rows in sheets_of(out.getvalue()).values()]


def test_what_a_sheet_has_no_room_for_is_on_the_next_under_the_same_headings() -> None:
    rows: list[tuple[sheets.Cell, ...]] = [("number",), (1,), (2,), (3,), (4,), (5,)]
    assert written(rows, 3) == [["number", 1, 2], ["number", 3, 4], ["number", 5]]
    assert written(rows[:5], 3) == [["number", 1, 2], ["number", 3, 4]]
    assert written(rows[:1], 3) == [["number"]]


def test_rows_are_taken_one_by_one_as_they_are_written() -> None:
    at_once, most = 0, 0

    class Row(tuple[int]):
        """One that notes how many like it there are."""

        def __new__(cls) -> "Row":
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            return super().__new__(cls, (1,))

        def __del__(self) -> None:
            nonlocal at_once
            at_once -= 1

    def rows() -> Iterator[tuple[sheets.Cell, ...]]:
        yield ("number",)
        for _ in range(500):
            yield Row()

    sheets.write_excel(io.BytesIO(), rows(), title="pours")

    assert most < 5


def test_no_text_becomes_a_formula_or_an_error() -> None:
    texts = ("=1+1", "#N/A", "0088", "水")
    content = sheets.excel_bytes([("text",) * 4, texts], title="t")
    assert sheets_of(content)["t"][1] == texts
    types = [cell.data_type for cell in load_workbook(io.BytesIO(content)).worksheets[0][2]]
    assert types == ["s"] * 4
