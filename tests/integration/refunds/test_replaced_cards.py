"""A replaced card's money: late facts and corrections follow it, and it goes back where it was
paid."""

import pytest

from tapline import cards, ledger, payments, people, refunds
from tapline.cards import Card
from tapline.errors import DeniedError
from tapline.ledger import chart
from tapline.refunds import Reason, RefundKind
from tests.integration.refunds.counter import CARD, NOON, Counter

NEW = "88009999"


def replaced(counter: Counter) -> Card:
    return cards.replace(
        counter.uow,
        tenant_id="demo",
        card_no=CARD,
        new_card_no=NEW,
        actor="agent",
        reason="broken",
    )


def worth(counter: Counter, card_no: str) -> int:
    return ledger.card(counter.uow, tenant_id="demo", card_no=card_no).balance_fen


@pytest.mark.req("H386")
def test_money_back_for_a_late_dry_pour_of_the_old_card_reaches_the_new_one(
    counter: Counter,
) -> None:
    wet = counter.pours("A", 100)
    dry = counter.pours("A", 100, ml=0, pulses=0, status="no_flow")
    replaced(counter)
    assert worth(counter, NEW) == 10_000

    counter.arrives(wet, dry)
    assert (worth(counter, CARD), worth(counter, NEW)) == (-100, 10_000), "first it is put right"

    counter.passes(minutes=11)
    cards.carry_all(counter.uow, tenant_id="demo")

    assert (worth(counter, CARD), worth(counter, NEW)) == (0, 9_900)


def test_what_is_given_back_for_the_new_card_counts_what_happened_to_the_old(
    counter: Counter,
) -> None:
    """Bonus that was carried is bonus still, and money goes back to what the old card was paid
    with."""
    ledger.post(
        counter.uow,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key="bonus",
                kind="bonus",
                event_at=NOON,
                movement=ledger.Transfer(chart.BONUS, chart.card(CARD).bonus, 500),
                content={},
            )
        ],
    )
    payments.import_paid(
        counter.uow,
        tenant_id="demo",
        provider="wechat",
        subject=f"card:{CARD}",
        amount_fen=10_000,
        paid_at=NOON,
        provider_trade_no="t1",
        customer_id=counter.holder.customer_id,
    )
    counter.arrives(counter.pours("A", 300))
    replaced(counter)
    assert worth(counter, NEW) == 10_200

    proposal = refunds.quote(
        counter.uow,
        tenant_id="demo",
        kind=RefundKind.CARD_CLOSE,
        customer_id=counter.holder.customer_id,
        reason=Reason.MOVED,
        card_no=NEW,
    )

    assert (proposal.quote.total_fen, proposal.quote.forfeit_fen) == (9_700, 500)
    assert [leg.amount_fen for leg in proposal.legs if leg.payment_id] == [9_700]


def test_a_guardian_asks_for_somebody_who_is_not_of_age(counter: Counter) -> None:
    people.set_guardian(
        counter.uow,
        tenant_id="demo",
        customer_id=counter.holder.customer_id,
        born_on=NOON.date().replace(year=2014),
        name="李强",
        phone="13900139000",
        actor="agent",
        reason="his father, at the counter",
    )

    with pytest.raises(DeniedError, match="guardian"):
        refunds.request(
            counter.uow,
            tenant_id="demo",
            kind=RefundKind.CARD_CLOSE,
            customer_id=counter.holder.customer_id,
            reason=Reason.MOVED,
            actor=f"customer:{counter.holder.customer_id}",
            card_no=CARD,
        )
