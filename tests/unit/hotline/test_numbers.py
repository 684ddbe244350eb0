"""How callers' numbers are written, and which list entry speaks for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.hotline import CallerEntry, ListKind, phone_number
from tapline.hotline.lists.rules import deciding


@pytest.mark.parametrize(
    ("ani", "ours"),
    [
        ("+8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("0553-387 1234", "05533871234"),
        ("anonymous", ""),
        ("", ""),
        ("'; drop table call", ""),
    ],
)
def test_a_number_is_written_one_way_and_anything_else_is_hidden(ani: str, ours: str) -> None:
    assert phone_number(ani) == ours


@given(st.text(max_size=40))
def test_whatever_a_provider_sends_becomes_digits_or_nothing(ani: str) -> None:
    assert phone_number(ani).isascii()
    assert phone_number(ani) == "" or phone_number(ani).isdigit()


def entry(kind: ListKind, pattern: str) -> CallerEntry:
    return CallerEntry(kind=kind, pattern=pattern)


ENTRIES = [
    entry(ListKind.WHITE, "13800138000"),
    entry(ListKind.BLACK, "13800138000"),
    entry(ListKind.WHITE, "1380*"),
    entry(ListKind.BLACK, "1380*"),
    entry(ListKind.BLACK, "138*"),
]


@given(st.permutations(range(len(ENTRIES))), st.integers(0, len(ENTRIES) - 1))
def test_whole_before_beginning_longer_before_shorter_white_before_black(
    order: list[int], strongest: int
) -> None:
    weaker = [ENTRIES[index] for index in order if index >= strongest]

    assert deciding(weaker) is ENTRIES[strongest]
