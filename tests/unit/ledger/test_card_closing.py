"""How a card is frozen, paid back and emptied: movements as pure rules, without a database."""

import pytest

from tapline.ledger import (
    Correct,
    Credit,
    Forfeit,
    Freeze,
    InsufficientError,
    PayBack,
    Pour,
    Transfer,
    Void,
    WriteOff,
    chart,
)
from tests.unit.ledger.books import BONUS, CARD, Books


def test_a_frozen_card_keeps_its_money_and_late_pours_run_up_a_debt() -> None:
    books = Books()
    books.post(Credit("88001234", 1000))
    books.hold("freeze", Freeze("88001234"))
    books.post(Pour("88001234", 300))
    assert (books[CARD.principal].posted, books[CARD.receivable].posted) == (1000, 300)
    books.post(Void("freeze"))
    assert (books[CARD.principal].posted, books[CARD.receivable].posted) == (700, 0)


def test_a_card_is_paid_back_from_its_own_money_first_and_the_rest_lapses() -> None:
    books = Books()
    books.post(Credit("88001234", 1000), Correct("88001234", 200), Transfer(BONUS, CARD.bonus, 500))
    books.post(PayBack("88001234", 1300))
    assert [books[account].posted for account in CARD] == [0, 400, 0, 0, 0]
    books.post(Forfeit("88001234", 400))
    assert [books[account].posted for account in CARD] == [0] * 5
    assert (books[chart.REFUND_PAYABLE].posted, books[BONUS].posted) == (1300, 100)


def test_nothing_is_paid_back_that_is_not_there() -> None:
    books = Books()
    books.post(Credit("88001234", 100))
    with pytest.raises(InsufficientError, match="101 were asked for"):
        PayBack("88001234", 101).lines(books)


def test_what_a_closed_card_owes_is_a_loss_and_nothing_where_it_owes_nothing() -> None:
    books = Books()
    books.post(Pour("88001234", 70), WriteOff("88001234"))
    assert (books[CARD.receivable].posted, books[chart.CLOSING_LOSS].posted) == (0, 70)
    assert not WriteOff("88001234").lines(books)
