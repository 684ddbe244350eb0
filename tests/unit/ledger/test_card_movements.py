"""How a card pays, gets back and is put right: movements as pure rules, without a database."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.ledger import (
    Authorise,
    Capture,
    Correct,
    Credit,
    InsufficientError,
    LeaseVoucher,
    Movement,
    Pour,
    Resolution,
    Settle,
    Transfer,
    Uncorrect,
    Unpour,
    Void,
    chart,
)
from tests.unit.ledger.books import BONUS, CARD, TOPPED_UP, Books, bonus


def test_a_pour_takes_principal_then_bonus_then_waiting_money_then_credit() -> None:
    books = Books()
    books.post(Credit("88001234", 100), bonus(50), Correct("88001234", 30))

    books.post(Pour("88001234", 90))
    assert books.split == (10, 50, 30, 0)
    books.post(Pour("88001234", 40))
    assert books.split == (0, 20, 30, 0)
    books.post(Pour("88001234", 45))
    assert books.split == (0, 0, 5, 0)
    books.post(Pour("88001234", 12))
    assert books.split == (0, 0, 0, 7)


def test_what_was_poured_and_was_not_returns_in_the_opposite_order() -> None:
    books = Books()
    books.post(Credit("88001234", 100), bonus(50), Pour("88001234", 170))
    assert books.split == (0, 0, 0, 20)

    books.post(Unpour("88001234", 30))
    assert books.split == (0, 10, 0, 0)
    books.post(Unpour("88001234", 60))
    assert books.split == (20, 50, 0, 0)


def test_the_trap_of_the_notes_has_one_outcome() -> None:
    """{top 1000, pour 700, pour 600, top 500} gave 8 splits in 24 orders without a sweep."""
    books = Books()
    books.post(Pour("88001234", 600), Credit("88001234", 500))
    books.post(Credit("88001234", 1000), Pour("88001234", 700))

    assert books.split == (200, 0, 0, 0)


def test_money_back_pays_what_the_card_owes_before_it_waits_to_be_written() -> None:
    books = Books()
    books.post(Pour("88001234", 50), Correct("88001234", 80, bonus_amount=60))

    assert books.split == (0, 0, 30, 0)
    assert books[CARD.pending_bonus].posted == 30


def test_waiting_money_that_covered_a_late_load_is_there_again_when_the_load_arrives() -> None:
    """The write is reported after the pour that spent it: the promise to the customer stands."""
    books = Books()
    books.post(Transfer(TOPPED_UP, CARD.pending_load, 100))
    books.hold("load", LeaseVoucher("88001234", 100))

    books.post(Pour("88001234", 50), Correct("88001234", 80))
    assert books.split == (0, 0, 130, 0)
    books.post(Settle("load"))

    assert books.split == (50, 0, 80, 0)


def test_a_pour_never_takes_what_a_voucher_has_reserved() -> None:
    books = Books()
    books.post(Transfer(TOPPED_UP, CARD.pending_load, 100))
    books.hold("load", LeaseVoucher("88001234", 70))

    books.post(Pour("88001234", 50))
    assert books.split == (0, 0, 70, 20)
    books.post(Void("load"))

    assert books.split == (0, 0, 50, 0)


def test_a_voucher_writes_bonus_as_bonus() -> None:
    books = Books()
    books.post(Transfer(TOPPED_UP, CARD.pending_load, 200), Transfer(BONUS, CARD.pending_bonus, 20))
    books.hold("load", LeaseVoucher("88001234", 220, bonus_amount=20))

    books.post(Settle("load"))

    assert books.split == (200, 20, 0, 0)


def test_more_than_waits_cannot_be_leased() -> None:
    books = Books()
    books.post(Transfer(TOPPED_UP, CARD.pending_load, 100))
    books.hold("load", LeaseVoucher("88001234", 60))

    with pytest.raises(InsufficientError, match="available, 41 were asked for"):
        books.hold("again", LeaseVoucher("88001234", 41))


def test_an_authorised_pour_may_take_less_or_more_than_was_held() -> None:
    books = Books()
    books.post(Credit("88001234", 100), bonus(50))
    books.hold("small", Authorise("88001234", 120))

    books.post(Capture("small", "88001234", 30))
    assert books.split == (70, 50, 0, 0)
    books.hold("large", Authorise("88001234", 80))
    books.post(Capture("large", "88001234", 130))

    assert books.split == (0, 0, 0, 10)


def test_a_hold_is_posted_in_part_and_the_rest_is_free_again() -> None:
    books = Books()
    books.post(Transfer(TOPPED_UP, CARD.pending_load, 100))
    books.hold("load", LeaseVoucher("88001234", 100))

    with pytest.raises(InvalidError, match="101 cannot be posted"):
        Settle("load", 101).lines(books, books.held["load"])
    books.post(Settle("load", 60))

    assert books.split == (60, 0, 40, 0)
    assert books[CARD.pending_load].available == 40


def test_a_reduced_correction_takes_waiting_money_first_and_charges_what_was_written() -> None:
    books = Books()
    books.post(Credit("88001234", 500), Correct("88001234", 100))
    books.hold("load", LeaseVoucher("88001234", 70))

    books.post(Uncorrect("88001234", 50))

    assert books.split == (480, 0, 70, 0)


def test_money_moved_between_cards_pays_what_the_new_card_owes() -> None:
    books = Books()
    other = chart.card("88009999")
    books.post(Pour("88001234", 30), Credit("88009999", 100))

    books.post(Transfer(other.principal, CARD.principal, 100))

    assert books.split == (70, 0, 0, 0)
    assert books[other.principal].posted == 0


def test_a_movement_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidError, match="above zero"):
        Pour("88001234", 0)


def test_a_correction_cannot_have_more_bonus_than_money() -> None:
    with pytest.raises(InvalidError, match="bonus share"):
        Correct("88001234", 100, bonus_amount=101)


amounts = st.integers(1, 400)
facts = st.one_of(
    st.builds(Pour, st.just("88001234"), amounts),
    st.builds(Unpour, st.just("88001234"), amounts),
    st.builds(Credit, st.just("88001234"), amounts),
    st.builds(bonus, amounts),
    st.builds(Correct, st.just("88001234"), amounts),
    st.builds(lambda a: Correct("88001234", a, bonus_amount=a // 3), amounts),
)


@settings(deadline=None)
@given(st.data(), st.lists(facts, max_size=10))
def test_any_order_of_the_same_facts_ends_with_the_same_balances(
    data: st.DataObject, movements: list[Movement]
) -> None:
    books, others = Books(), Books()
    books.post(*movements)
    others.post(*data.draw(st.permutations(movements)))

    assert books.posted == others.posted


@settings(deadline=None)
@given(st.data(), st.lists(facts, max_size=8), amounts, amounts)
def test_the_order_does_not_matter_either_when_a_voucher_is_under_way(
    data: st.DataObject, movements: list[Movement], voucher: int, refunded: int
) -> None:
    """What was reserved before stays so until its own report, wherever among the rest it comes."""

    def ends(order: Sequence[Movement | Resolution]) -> dict[str, int]:
        books = Books()
        books.post(Transfer(TOPPED_UP, CARD.pending_load, voucher + refunded))
        books.hold("load", LeaseVoucher("88001234", voucher))
        books.hold("refund", LeaseVoucher("88001234", refunded))
        books.post(*order)
        return books.posted

    late = [Settle("load"), Void("refund")]

    assert ends([*movements, *late]) == ends(data.draw(st.permutations([*movements, *late])))


@settings(deadline=None)
@given(st.lists(facts, max_size=12))
def test_the_split_follows_from_the_totals(movements: list[Movement]) -> None:
    """Principal is what was paid less what was drawn, the quote of SPC 2025/4 article 19."""
    books = Books()
    books.post(*movements)
    paid = sum(m.amount for m in movements if isinstance(m, Credit))
    promised = sum(m.amount for m in movements if isinstance(m, Transfer))
    drawn = sum(
        -m.amount if isinstance(m, Unpour) else m.amount for m in movements if isinstance(m, Pour)
    )
    back = sum(m.amount for m in movements if isinstance(m, Correct))

    short = max(drawn - paid, 0)
    left = max(short - promised, 0)
    assert books.split == (
        max(paid - drawn, 0),
        max(promised - short, 0),
        max(back - left, 0),
        max(left - back, 0),
    )
