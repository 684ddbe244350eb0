"""An issuer's answer: read as it was written, or told back line by line."""

import pytest

from tapline.cards.issuers.answers import rules
from tapline.cards.issuers.answers.model import AnswerVerdict
from tapline.cards.issuers.answers.rules import Claim, Word
from tapline.cards.issuers.breaks.model import BreakKind
from tapline.files import FlawedError, sheets

HEADER = "编号,金额（分）,结果,原因\n"
OK, NO = AnswerVerdict.ACCEPTED, AnswerVerdict.REJECTED


def read(text: str, encoding: str = "utf-8") -> list[Word]:
    return rules.words(sheets.read(text.encode(encoding)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_answer_is_read_in_whatever_encoding_it_comes(encoding: str) -> None:
    text = HEADER + "dev:A:1,100,接受,\ndev:A:2,100,拒绝,卡已挂失\n合计,200,,\n"
    assert read(text, encoding) == [
        Word("dev:A:1", 100, OK, ""),
        Word("dev:A:2", 100, NO, "卡已挂失"),
    ]


def test_columns_may_stand_in_any_order_and_in_english() -> None:
    assert read("result;reason;id;fen\naccepted;;dev:A:1;-40\n") == [Word("dev:A:1", -40, OK, "")]


def test_an_answer_in_excel_is_the_same_answer() -> None:
    rows: list[tuple[sheets.Cell, ...]] = [
        ("编号", "金额（分）", "结果", "原因"),
        ("dev:A:1", 100, "接受", ""),
    ]
    content = sheets.excel_bytes(rows, title="回执")
    assert rules.words(sheets.read(content)) == [Word("dev:A:1", 100, OK, "")]


def test_every_malformed_line_is_named_with_what_to_do() -> None:
    with pytest.raises(FlawedError) as error:
        read(
            HEADER
            + "dev:A:1,1.00,接受,\n"
            + "dev:A:2,100,也许,\n"
            + ",100,接受,\n"
            + "dev:A:4,99999999999999,接受,\n"
            + "dev:A:5,100,拒绝,\n"
            + "dev:A:6,一百,接受,\n"
            + "dev:A:7,9999999999,接受,\n"
        )
    told = str(error.value)
    assert told.startswith("nothing was taken")
    assert [(flaw.line, flaw.code) for flaw in error.value.flaws] == [
        (2, "no_fen"),
        (3, "no_verdict"),
        (4, "missing"),
        (5, "no_fen"),
        (6, "missing"),
        (7, "no_fen"),
        (8, "too_much"),
    ]
    assert "line 3: no verdict 结果 '也许'" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEADER.encode(), "empty"),
        ("编号,结果\n".encode(), "no column 金额"),
        (b"\xff\xfe\x00\x00\x01", "no text"),
        (b"PK\x03\x04 not really", "no excel"),
        (HEADER.encode() + b'"dev:A:1,100', "line 2: no csv"),
    ],
)
def test_a_file_that_is_no_answer_is_refused_as_a_whole(content: bytes, told: str) -> None:
    with pytest.raises(FlawedError, match=told):
        rules.words(sheets.read(content))


def test_what_does_not_fit_becomes_a_break_and_the_rest_counts() -> None:
    claims = {"a": Claim(1, 100), "b": Claim(2, 100), "c": Claim(3, -40), "d": Claim(4, 70)}
    outcome = rules.held_against(
        [
            Word("a", 100, OK, ""),
            Word("b", 80, OK, ""),
            Word("c", -40, NO, "?"),
            Word("z", 10, OK, ""),
            Word("a", 100, OK, ""),
        ],
        claims,
        {},
    )
    assert set(outcome.answered) == {1, 2, 3}
    assert [(one.kind, one.key, one.ours_fen, one.theirs_fen) for one in outcome.differences] == [
        (BreakKind.AMOUNT, "b", 100, 80),
        (BreakKind.REJECTED, "c", -40, 0),
        (BreakKind.UNKNOWN, "z", 0, 10),
        (BreakKind.DUPLICATE, "a", 0, 100),
    ]


def test_a_later_file_may_repeat_an_answer_and_not_change_it() -> None:
    claims, before = {"a": Claim(1, 100)}, {1: Word("a", 100, OK, "")}
    assert rules.held_against([Word("a", 100, OK, "")], claims, before).differences == []
    changed = rules.held_against([Word("a", 100, NO, "lost")], claims, before)
    assert [one.kind for one in changed.differences] == [BreakKind.DUPLICATE]
    assert changed.answered == {}
