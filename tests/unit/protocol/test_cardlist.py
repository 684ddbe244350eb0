"""What makes two lists of blocked cards the same, and what a device may say of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import ListState, list_hash
from tapline_gateway.protocol.messages.fields import Document
from tapline_gateway.protocol.schemas import DOCS

MANUAL = (DOCS / "protocol.md").read_text(encoding="utf-8")


def test_the_hash_in_the_manual_is_that_of_its_example() -> None:
    assert f"`{list_hash(['88005678', '88001234'])}`" in MANUAL


def test_the_empty_list_has_a_hash_too() -> None:
    assert list_hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.integers(0, 2**31 - 1), st.sets(st.text("01A", max_size=3)), st.integers(0, 2**53 - 1))
def test_what_a_device_says_is_read_as_it_was_meant(ver: int, cards: set[str], seq: int) -> None:
    state = ListState(ver, list_hash(cards), seq)
    settings = {"tele_s": 60}
    assert ListState.read({**settings, **state.document()}) == state
    assert ListState.without({**settings, **state.document()}) == settings


@pytest.mark.parametrize(
    "document", [{}, {"list_ver": "3"}, {"list_ver": True}, {"list_ver": -1}, {"list_ver": 2**31}]
)
def test_a_version_that_is_none_says_nothing(document: Document) -> None:
    assert ListState.read(document) is None


def test_what_is_left_out_is_not_known() -> None:
    assert ListState.read({"list_ver": 3, "list_seq": "many"}) == ListState(3)
