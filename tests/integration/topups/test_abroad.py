"""A card that is given up counts water that was drawn at another operator's machine as its own."""

from typing import Any

import pytest

from tapline import cards, clock, ledger, refunds
from tapline.ledger import Account, Movement, chart
from tapline.refunds import Reason, RefundKind
from tests.integration.refunds.counter import CARD
from tests.integration.topups.booth import Booth
from tests.integration.topups.test_enterprises import Firm


def moves(booth: Booth, key: str, movement: Movement) -> None:
    command = ledger.Command(
        key=key, kind="pour", event_at=clock.now(), movement=movement, content={}
    )
    ledger.post(booth.uow, tenant_id="demo", commands=[command])


def quoted(booth: Booth, reason: Reason) -> Any:
    holder = cards.get(booth.uow, tenant_id="demo", card_no=CARD).customer_id
    assert holder is not None
    return refunds.quote(
        booth.uow,
        tenant_id="demo",
        kind=RefundKind.CARD_CLOSE,
        customer_id=holder,
        card_no=CARD,
        reason=reason,
    ).quote


def holds_of_his_own(booth: Booth, fen: int) -> None:
    has_fen = ledger.card(booth.uow, tenant_id="demo", card_no=CARD).balance_fen
    moves(booth, "pay:own:1", ledger.Credit(CARD, fen - has_fen, chart.psp("wechat")))


wherever = pytest.mark.parametrize("whose", [chart.WATER, chart.interop_due_to("op-far")])


@wherever
def test_an_employers_money_pays_first_wherever_the_water_was_drawn(
    booth: Booth, whose: Account
) -> None:
    holds_of_his_own(booth, 10_000)
    firm = Firm(booth)
    firm.pays_in(100_000)
    firm.employs(CARD, 3000)
    firm.allots()
    moves(booth, "dev:A:9001", ledger.Pour(CARD, 2000, whose))

    quote = quoted(booth, Reason.NOT_NEEDED)
    assert (quote.total_fen, quote.employer_fen, quote.unused) == (10_000, 1000, False)


@wherever
def test_at_our_cause_water_counts_at_what_the_bonus_made_it_wherever_it_was_drawn(
    booth: Booth, whose: Account
) -> None:
    holds_of_his_own(booth, 20_000)
    moves(booth, "bonus:1", ledger.Transfer(chart.BONUS, chart.card(CARD).bonus, 10_000))
    moves(booth, "dev:A:9001", ledger.Pour(CARD, 9000, whose))

    ours = next(reason for reason in Reason if reason.is_ours)
    assert quoted(booth, ours).total_fen == 14_000
