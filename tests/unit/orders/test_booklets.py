"""What tickets are worth, as sums."""

from hypothesis import given
from hypothesis import strategies as st

from tapline.ledger import ticket_share
from tapline.orders.booklets import used_dearer_fen


@given(fen=st.integers(0, 10**9), parts=st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_however_tickets_are_used_up_no_fen_stays_behind(fen: int, parts: list[int]) -> None:
    left, left_fen, taken = sum(parts), fen, []

    for count in parts:
        taken.append(ticket_share(left_fen, count, left))
        left, left_fen = left - count, left_fen - taken[-1]

    assert (left, left_fen) == (0, 0)
    assert all(0 <= part <= fen for part in taken)


def test_the_oldest_booklet_is_the_one_that_was_begun() -> None:
    bought = [(10, 18_000), (20, 30_000)]

    assert used_dearer_fen(bought, 30, 2000) == 0
    assert used_dearer_fen(bought, 25, 2000) == 5 * 500
    assert used_dearer_fen(bought, 10, 2000) == 0
    assert used_dearer_fen(bought, 4, 2000) == 6 * 200
    assert used_dearer_fen(bought, 4, 1000) == 0
