"""How much a card's holder gets back, by whose cause it is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.refunds.claims.quotes import CardMoney, of_card, of_order

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)


def money(paid: int, granted: int, drawn: int, returned: int = 0) -> CardMoney:
    return CardMoney(paid, granted, drawn, returned, written_off_fen=0)


def total_fen(card: CardMoney, *, ours: bool) -> int:
    return of_card(card, ours=ours, last_paid_at=LONG_AGO, now=NOW).total_fen


@pytest.mark.parametrize(
    ("drawn", "our_cause", "his_cause"),
    [(9_000, 14_000, 11_000), (24_000, 4_000, 0), (0, 20_000, 20_000), (30_000, 0, 0)],
)
def test_paid_200_with_100_bonus_as_the_court_counts(
    drawn: int, our_cause: int, his_cause: int
) -> None:
    card = money(20_000, 10_000, drawn)
    assert total_fen(card, ours=True) == our_cause
    assert total_fen(card, ours=False) == his_cause


def test_the_books_say_what_was_paid_granted_drawn_and_returned() -> None:
    read = CardMoney.of(
        {
            "equity:opening": 5000,
            "psp:wechat": 2000,
            "exp:bonus": 1000,
            "rev:water": -3200,
            "refund_payable": -1500,
            "loss:closing": 40,
        }
    )
    assert read == CardMoney(7000, 1000, 3200, 1500, 40)
    assert read.balance_fen == 3340


def test_water_drawn_at_another_operators_machine_was_drawn() -> None:
    books = {"psp:wechat": 10_000, "enterprise:1": 3000, "interop:due_to:far": -2000}
    read = CardMoney.of(books)
    assert (read.paid_fen, read.drawn_fen, read.employer_fen) == (10_000, 2000, 1000)
    quote = of_card(read, ours=False, last_paid_at=NOW, now=NOW)
    assert (quote.total_fen, quote.employer_fen, quote.unused) == (10_000, 1000, False)


def test_unused_within_seven_days_the_short_clock_runs() -> None:
    def unused(drawn: int, days: int) -> bool:
        paid_at = NOW - timedelta(days=days)
        return of_card(money(5000, 0, drawn), ours=False, last_paid_at=paid_at, now=NOW).unused

    assert (unused(0, 6), unused(0, 8), unused(100, 1)) == (True, False, False)


def test_a_shortfall_is_shown_and_not_claimed() -> None:
    quote = of_card(money(5000, 3000, 6500), ours=False, last_paid_at=LONG_AGO, now=NOW)
    assert [(line.code, line.amount_fen) for line in quote.lines] == [
        ("paid", 5000),
        ("drawn", -6500),
        ("not_claimed", 1500),
    ]
    assert (quote.total_fen, quote.forfeit_fen) == (0, 1500)


@given(
    paid=st.integers(0, 10**6),
    granted=st.integers(0, 10**6),
    drawn=st.integers(-1000, 2 * 10**6),
    share=st.integers(0, 100),
    ours=st.booleans(),
)
def test_no_quote_gives_more_than_the_card_is_worth_or_less_than_nothing(
    paid: int, granted: int, drawn: int, share: int, ours: bool
) -> None:
    worth = paid + granted - drawn
    first = total_fen(money(paid, granted, drawn), ours=ours)
    returned = first * share // 100
    card = money(paid, granted, drawn, returned)
    quote = of_card(card, ours=ours, last_paid_at=LONG_AGO, now=NOW)
    assert first == quote.total_fen + returned  # paid in parts it is the same
    assert 0 <= quote.total_fen <= max(0, worth - returned)
    assert quote.total_fen + quote.forfeit_fen == max(0, worth - returned)
    assert total_fen(card, ours=True) >= total_fen(card, ours=False)


def test_lines_without_money_are_left_out() -> None:
    assert [line.code for line in of_order(2000, 0).lines] == ["goods"]
