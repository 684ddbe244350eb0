"""Taking a journal back leaves a card as if it had never been posted, whatever came between."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.ledger import (
    Correct,
    Credit,
    InsufficientError,
    Movement,
    Pour,
    Reverse,
    Unpour,
    chart,
)

from .books import CARD, TOPPED_UP, Books, bonus

CARD_NO = "88001234"
amounts = st.integers(1, 300)
movements = st.one_of(
    st.builds(Credit, st.just(CARD_NO), amounts, st.just(TOPPED_UP)),
    st.builds(Pour, st.just(CARD_NO), amounts),
    st.builds(Unpour, st.just(CARD_NO), amounts),
    st.builds(Correct, st.just(CARD_NO), amounts),
    st.builds(bonus, amounts),
)


def posted(*asked: Movement) -> Books:
    books = Books()
    books.post(*asked)
    return books


@given(
    before=st.lists(movements, max_size=4),
    wrong=movements,
    between=st.lists(movements, max_size=4),
)
def test_a_reversal_leaves_what_would_be_there_without_it(
    before: Sequence[Movement], wrong: Movement, between: Sequence[Movement]
) -> None:
    books = posted(*before)
    original = tuple(wrong.lines(books))
    books.post(wrong, *between)

    try:
        books.post(Reverse(original))
    except InsufficientError:
        return

    without = posted(*before, *between)
    assert {code: n for code, n in books.posted.items() if n} == {
        code: n for code, n in without.posted.items() if n
    }


def test_money_that_was_drunk_meanwhile_cannot_be_taken_back() -> None:
    """A decision does not make a customer owe."""
    books = Books()
    wrong = Credit(CARD_NO, 500, TOPPED_UP)
    original = tuple(wrong.lines(books))
    books.post(wrong, Pour(CARD_NO, 200))

    with pytest.raises(InsufficientError, match="principal has 300"):
        Reverse(original).lines(books)

    assert books.split == (300, 0, 0, 0)


def test_bonus_that_lent_to_a_pour_is_whole_again() -> None:
    books = Books()
    books.post(bonus(100))
    wrong = Pour(CARD_NO, 150)
    original = tuple(wrong.lines(books))
    books.post(wrong)
    assert books.split == (0, 0, 0, 50)

    books.post(Reverse(original))

    assert books.split == (0, 100, 0, 0)
    assert books[chart.WATER].posted == books[CARD.bonus].lent == 0


def test_a_journal_without_lines_has_nothing_to_take_back() -> None:
    with pytest.raises(InvalidError, match="nothing to take back"):
        Reverse(())
