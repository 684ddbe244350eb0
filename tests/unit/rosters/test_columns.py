"""A school's list, read line by line: what cannot be read is named, with what to do."""

from datetime import date

import pytest

from tapline.files import FlawedError, sheets
from tapline.rosters.students.columns import entries

HEADER = "学号,姓名,班级,毕业日期,手机号,卡号,出生日期,监护人,监护人手机号\n"


def read(text: str, encoding: str = "utf-8") -> tuple[list[str], list[tuple[int, str, str]]]:
    found, flaws = entries(sheets.read(text.encode(encoding)))
    return [one.student_no for one in found], [(one.line, one.code, one.column) for one in flaws]


@pytest.mark.req("U6")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_read_in_whatever_encoding_it_comes(encoding: str) -> None:
    text = HEADER + "S1,王芳,高三1班,2027/6/30,138 0013 8000,88001234,,,\n"
    found, flaws = entries(sheets.read(text.encode(encoding)))
    assert flaws == []
    assert (found[0].name, found[0].graduates_on) == ("王芳", date(2027, 6, 30))
    assert (found[0].phone, found[0].card_no, found[0].guardian_name) == (
        "13800138000",
        "88001234",
        None,
    )


def test_every_wrong_cell_is_told_and_the_good_lines_are_read() -> None:
    names, flaws = read(
        HEADER
        + "S1,王芳,高三1班,,,,,,\n"
        + ",李雷,高三1班,,,,,,\n"
        + "S3,,,,,,,,\n"
        + "S4,韩梅,高三1班,2027-13-40,,,,,\n"
        + "S5,韩梅,高三1班,,1380013,,,,\n"
        + "-5;DROP,韩梅,高三1班,,,-88001234567890123456789012345678,,,\n"
        + f"S7,{'长' * 61},高三1班,,,,1800-01-01,,座机\n"
    )
    assert names == ["S1"]
    assert flaws == [
        (3, "missing", "学号"),
        (4, "missing", "姓名"),
        (4, "missing", "班级"),
        (5, "no_day", "毕业日期"),
        (6, "no_phone", "手机号"),
        (7, "no_number", "学号"),
        (7, "no_number", "卡号"),
        (8, "no_text_cell", "姓名"),
        (8, "no_day", "出生日期"),
        (8, "no_phone", "监护人手机号"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("学号,姓名\nS1,王芳\n", "no column"),
        ("学号,学号,姓名,班级\nS1,S1,王芳,1\n", "two columns"),
        (HEADER, "empty"),
    ],
)
def test_a_table_that_is_no_list_is_refused(text: str, code: str) -> None:
    with pytest.raises(FlawedError, match=code):
        read(text)


def test_a_card_number_that_excel_has_rounded_is_not_guessed_at() -> None:
    rows: list[tuple[sheets.Cell, ...]] = [("学号", "姓名", "班级", "卡号")]
    rows.append(("S1", "王芳", "1", 8800123456789012345))
    with pytest.raises(FlawedError, match="line 2: rounded number"):
        sheets.read(sheets.excel_bytes(rows, title="名单"))
    short: list[tuple[sheets.Cell, ...]] = [rows[0], ("S1", "王芳", "1", 88001234)]
    assert sheets.read(sheets.excel_bytes(short, title="名单"))[1].cells[3] == "88001234"


def test_what_a_spreadsheet_would_take_for_a_formula_stays_a_text() -> None:
    rows = [("a",), ("=1+1",), ("-3",), ("@x",)]
    for content in (sheets.csv_bytes(rows), sheets.excel_bytes(rows, title="t")):
        assert [row.cells for row in sheets.read(content)] == rows
    assert b"'=1+1" in sheets.csv_bytes(rows)
