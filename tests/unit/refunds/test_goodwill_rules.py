"""How much goodwill one person may show."""

import pytest

from tapline.policy import Policy
from tapline.refunds.goodwill.rules import Given, Limit, beyond, standing_fen

POLICY = Policy(
    goodwill_fen_max=1000, goodwill_card_30d_fen_max=3000, goodwill_agent_day_fen_max=10_000
)


@pytest.mark.parametrize(
    ("amount_fen", "card_fen", "agent_fen", "limit"),
    [
        (1000, 2000, 9000, None),
        (1001, 0, 0, Limit.ACT),
        (1000, 2001, 0, Limit.CARD),
        (1000, 0, 9001, Limit.AGENT),
    ],
)
def test_an_agent_gives_up_to_each_limit_and_not_a_fen_beyond(
    amount_fen: int, card_fen: int, agent_fen: int, limit: Limit | None
) -> None:
    assert beyond(POLICY, amount_fen, Given(card_fen, agent_fen)) is limit


@pytest.mark.parametrize(
    ("corrected_fen", "stands_fen"), [(0, 300), (100, 200), (300, 0), (500, 0)]
)
def test_goodwill_and_correction_together_give_the_larger_of_the_two(
    corrected_fen: int, stands_fen: int
) -> None:
    assert standing_fen(300, corrected_fen) == stands_fen
