"""A replaced card: its money goes along, whatever comes late and in whatever order."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.ledger import (
    Carry,
    Correct,
    Credit,
    LeaseVoucher,
    Movement,
    Pour,
    Settle,
    Transfer,
    Uncorrect,
    Void,
    chart,
)
from tests.unit.ledger.books import BONUS, TOPPED_UP, Books, bonus

OLD, NEW = "88001234", "88009999"
old, new = chart.card(OLD), chart.card(NEW)
AT_TAP = Carry(OLD, NEW, to_purse=True)
AT_ONCE = Carry(OLD, NEW, to_purse=False)


def split(books: Books, card: chart.CardAccounts) -> tuple[int, ...]:
    return tuple(books[account].posted for account in card)


def worth(books: Books, card: chart.CardAccounts) -> int:
    *purses, receivable = split(books, card)
    return sum(purses) - receivable


def test_everything_goes_along_and_waits_for_the_first_tap() -> None:
    books = Books()
    books.post(Credit(OLD, 1000), bonus(200), Correct(OLD, 70, bonus_amount=30), Pour(OLD, 100))

    books.post(AT_TAP)

    assert split(books, old) == (0, 0, 0, 0, 0)
    assert split(books, new) == (0, 0, 940, 230, 0)


def test_a_card_without_a_purse_has_it_at_once() -> None:
    books = Books()
    books.post(Credit(OLD, 1000), bonus(200), Correct(OLD, 70, bonus_amount=30))

    books.post(AT_ONCE)

    assert split(books, new) == (1040, 230, 0, 0, 0)


@pytest.mark.parametrize("carry", [AT_TAP, AT_ONCE])
def test_what_is_owed_goes_along_and_loans_come_home(carry: Carry) -> None:
    books = Books()
    books.post(Credit(OLD, 100), bonus(50), Pour(OLD, 120))
    books.post(carry)
    assert worth(books, new) == 30
    assert all(books[purse].lent == 0 for purse in old)

    books.post(Pour(OLD, 80), carry)
    assert split(books, old) == (0, 0, 0, 0, 0)
    assert split(books, new) == (0, 0, 0, 0, 50)


def test_a_late_pour_takes_back_what_was_carried_too_much_before_it_is_written() -> None:
    books = Books()
    books.post(Credit(OLD, 1000), AT_TAP, Pour(OLD, 300), AT_TAP)

    assert split(books, new) == (0, 0, 700, 0, 0)
    assert books[new.pending_load].lent == 0


def test_once_it_is_written_a_late_pour_is_owed_like_any_other() -> None:
    books = Books()
    books.post(Credit(OLD, 1000), AT_TAP)
    books.hold("load", LeaseVoucher(NEW, 1000))
    books.post(Pour(OLD, 300), AT_TAP, Settle("load"))

    assert split(books, new) == (700, 0, 0, 0, 0)


def test_what_a_machine_may_still_write_onto_the_old_card_stays_until_it_is_known() -> None:
    books = Books()
    books.post(Credit(OLD, 1000), Transfer(TOPPED_UP, old.pending_load, 500))
    books.hold("load", LeaseVoucher(OLD, 500))

    books.post(AT_TAP)
    assert split(books, old) == (0, 0, 500, 0, 0)
    assert split(books, new) == (0, 0, 1000, 0, 0)

    books.post(Void("load"), AT_TAP)
    assert worth(books, old) == 0
    assert split(books, new) == (0, 0, 1500, 0, 0)


def test_nothing_is_nothing_and_no_card_takes_its_own_place() -> None:
    books = Books()
    books.post(Credit(OLD, 10), AT_TAP)

    assert AT_TAP.lines(books) == []
    with pytest.raises(InvalidError):
        Carry(OLD, OLD, to_purse=True)


_AMOUNTS = st.integers(1, 500)
_LATE = st.one_of(
    st.builds(Pour, st.just(OLD), _AMOUNTS),
    st.builds(Credit, st.just(OLD), _AMOUNTS),
    st.builds(Correct, st.just(OLD), _AMOUNTS),
    st.builds(Uncorrect, st.just(OLD), _AMOUNTS),
    st.builds(lambda amount: Transfer(BONUS, old.bonus, amount), _AMOUNTS),
    st.builds(Pour, st.just(NEW), _AMOUNTS),
    st.builds(Credit, st.just(NEW), _AMOUNTS),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LATE, max_size=8), st.data(), st.booleans())
def test_any_order_of_what_comes_late_and_of_carries_ends_with_the_same_sums(
    late: Sequence[Movement], data: st.DataObject, to_purse: bool
) -> None:
    carry = Carry(OLD, NEW, to_purse=to_purse)
    sums = set()
    for _ in range(2):
        books = Books()
        books.post(Credit(OLD, 700), bonus(100), carry)
        for movement in data.draw(st.permutations(late)):
            books.post(movement)
            if data.draw(st.booleans()):
                books.post(carry)
        books.post(carry)
        assert [(books[purse].posted, books[purse].lent) for purse in old] == [(0, 0)] * 5
        sums.add(worth(books, new))
        if not to_purse:
            sums.add(split(books, new))  # type: ignore[arg-type]

    assert len(sums) == (1 if to_purse else 2)


def test_both_cards_keep_the_rules_of_a_card_after_each_step() -> None:
    books = Books()
    books.post(Credit(OLD, 100), AT_TAP, Pour(NEW, 250), Pour(OLD, 30), AT_TAP, Credit(OLD, 500))
    books.post(AT_TAP)

    assert split(books, old) == (0, 0, 0, 0, 0)
    assert worth(books, new) == 100 - 250 - 30 + 500
