"""Numbers as issuers write them down."""

import pytest

from tapline.cards.issuers.rules import Run, issuer_id, runs
from tapline.errors import InvalidError


def test_a_line_names_a_number_a_run_or_all_that_begin_so() -> None:
    assert runs(["2026****", " 30000000-30000999 ", "", "A4B2C3D1", "X-8812"]) == [
        Run("X-8812", "X-8812"),
        Run("20260000", "20269999"),
        Run("30000000", "30000999"),
        Run("A4B2C3D1", "A4B2C3D1"),
    ]


@pytest.mark.parametrize(
    "line", ["30000999-30000000", "****", "20*6", "a:b", "卡 1", "卡1-卡2", "1" * 33, "2026****5"]
)
def test_what_names_no_numbers_is_told_back_with_how_to_write_it(line: str) -> None:
    with pytest.raises(InvalidError, match=r"write|first number"):
        runs([line])


def test_a_number_is_named_once() -> None:
    with pytest.raises(InvalidError, match="20260500 is named twice"):
        runs(["2026****", "20260500"])
    with pytest.raises(InvalidError, match="a line each"):
        runs(["", " "])


@pytest.mark.parametrize("text", ["", "ZJUT", "1st", "a:b", "a" * 32])
def test_an_issuers_id_can_be_part_of_an_account(text: str) -> None:
    with pytest.raises(InvalidError, match="lower-case"):
        issuer_id(text, operator=False)
