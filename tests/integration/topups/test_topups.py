"""A customer pays for a card, and can say at any time where the money is."""

from datetime import timedelta

import pytest

from tapline import cards, clock, ledger, payments, refunds
from tapline.cards import campaigns, topups
from tapline.cards.campaigns import Terms
from tapline.cards.topups import TopUpState
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.people import Role
from tapline.refunds import RefundState
from tests.integration.consequences import drain
from tests.integration.refunds.counter import CARD
from tests.integration.topups.booth import ONLINE, Booth
from tests.paying import money_arrives


@pytest.mark.req("H374")
def test_paid_money_waits_for_the_next_tap_of_a_purse_card_and_is_written_there(
    booth: Booth,
) -> None:
    topup = booth.tops_up(5000)
    assert (topup.state, topup.landed_on) == (TopUpState.LANDED, CARD)
    assert booth.purse_fen() == [0, 0, 5000, 0, 0]
    assert topups.written(booth.uow, topup=topup) is None
    assert booth.told()[-1] == ("尾号 1234 的水卡充值 50.00 元，下次在任意一台机器刷卡时写入卡内。")

    voucher = booth.taps()
    assert voucher is not None
    booth.writes(voucher)
    assert booth.purse_fen() == [5000, 0, 0, 0, 0]
    where = topups.written(booth.uow, topup=topup)
    assert where is not None
    assert (where.device_id, where.seq) == ("A", 1)


def test_a_balance_that_is_with_us_has_it_at_once(booth: Booth) -> None:
    topup = booth.tops_up(5000, ONLINE)
    assert booth.purse_fen(ONLINE) == [5000, 0, 0, 0, 0]
    assert booth.told()[-1] == "尾号 1234 的水卡充值 50.00 元，已到账。"
    assert booth.balance_fen(chart.topup(topup.topup_id)) == 0
    assert booth.balance_fen(chart.psp("wechat")) == 5000


def test_a_payment_told_twice_moves_nothing_twice(booth: Booth) -> None:
    topup = booth.tops_up(5000)
    for _ in range(2):
        assert topup.payment_id is not None
        topups.on_paid(
            booth.uow, tenant_id="demo", payment_id=topup.payment_id, subject=topup.subject
        )
    assert booth.purse_fen() == [0, 0, 5000, 0, 0]


def test_a_form_sent_twice_is_one_top_up_and_never_another(booth: Booth) -> None:
    first = booth.asks_to_pay(5000, key="same")
    assert booth.asks_to_pay(5000, key="same").topup_id == first.topup_id
    with pytest.raises(ConflictError, match="open the page again"):
        booth.asks_to_pay(6000, key="same")


def test_a_form_sent_again_after_paying_shows_what_became_of_it(booth: Booth) -> None:
    first = booth.asks_to_pay(5000, key="same")
    money_arrives(booth.uow, first.subject)
    assert booth.asks_to_pay(5000, key="same").topup_id == first.topup_id
    drain(booth.uow)
    assert booth.asks_to_pay(5000, key="same").state is TopUpState.LANDED


@pytest.mark.parametrize("amount_fen", [-5000, 0, 99, 100_001, 10**12])
def test_an_amount_that_cannot_be_is_refused_with_those_that_can(
    booth: Booth, amount_fen: int
) -> None:
    with pytest.raises(InvalidError, match="100 to 100000 fen"):
        booth.asks_to_pay(amount_fen)


def test_a_card_takes_no_more_than_the_law_lets_it_hold(booth: Booth) -> None:
    booth.tops_up(60_000)
    booth.asks_to_pay(20_000)  # may still be paid: it counts
    found = topups.offer(
        booth.uow, tenant_id="demo", card_no=CARD, customer_id=booth.holder.customer_id
    )
    assert found.room.fen_max == 20_000  # nobody has seen the holder's papers: 1000 yuan
    with pytest.raises(InvalidError, match="100 to 20000 fen"):
        booth.asks_to_pay(20_001)
    booth.tops_up(20_000)
    with pytest.raises(ConflictError, match="full"):
        booth.asks_to_pay(100)


def test_a_card_is_not_topped_up_without_end_in_a_day(booth: Booth) -> None:
    for _ in range(10):
        booth.tops_up(100)
    with pytest.raises(ConflictError, match="too often today"):
        booth.asks_to_pay(100)
    booth.passes(days=1)
    assert booth.tops_up(100).state is TopUpState.LANDED


def test_nobody_tops_up_a_card_that_is_not_his_or_has_ended(booth: Booth) -> None:
    cards.issue(
        booth.uow,
        tenant_id="demo",
        card_no="66000001",
        kind=cards.CardKind.CPU,
        balance_fen=ledger.card(booth.uow, tenant_id="demo", card_no=CARD).principal_fen,
    )
    with pytest.raises(NotFoundError):
        booth.asks_to_pay(5000, "66000001")
    booth.asks()  # gives the card up
    with pytest.raises(ConflictError, match="closing"):
        booth.asks_to_pay(5000)


@pytest.mark.req("C24")
def test_what_was_paid_for_a_card_that_was_replaced_meanwhile_goes_to_the_new_one(
    booth: Booth,
) -> None:
    topup = booth.asks_to_pay(5000)
    cards.replace(
        booth.uow,
        tenant_id="demo",
        card_no=CARD,
        new_card_no="88005678",
        actor="agent",
        reason="lost",
    )
    booth.money_comes(topup)
    assert (topup.state, topup.landed_on) == (TopUpState.LANDED, "88005678")
    assert booth.purse_fen("88005678") == [0, 0, 5000, 0, 0]
    assert "（原卡已更换）" in booth.told()[-1]


@pytest.mark.req("H374")
def test_what_was_paid_for_a_card_that_has_ended_goes_back_by_itself(booth: Booth) -> None:
    topup = booth.asks_to_pay(5000)
    closing = booth.asks()
    booth.money_comes(topup)
    assert topup.state is TopUpState.STRANDED
    assert booth.has().balance_fen == 0
    (back,) = [
        one
        for one in refunds.listed(booth.uow, tenant_id="demo")
        if one.refund_id != closing.refund_id
    ]
    assert (back.state, back.amount_fen, back.decided_by) == (
        RefundState.EXECUTING,
        5000,
        "system",
    )
    (leg,) = booth.legs(back)
    assert leg.payment_id == topup.payment_id
    booth.all_arrives(back)
    assert (booth.payable_fen, booth.balance_fen(chart.psp("wechat"))) == (0, 0)
    refunds.on_topup(booth.uow, tenant_id="demo", topup_id=topup.topup_id)
    drain(booth.uow)
    assert len(refunds.listed(booth.uow, tenant_id="demo")) == 2


def test_what_nobody_paid_lapses_and_what_comes_late_is_put_on_the_card(booth: Booth) -> None:
    topup = booth.asks_to_pay(5000)
    booth.passes(hours=3)
    topups.lapse(booth.uow, tenant_id="demo")
    assert topup.state == "lapsed"
    booth.money_comes(topup)
    assert topup.state == "landed"
    assert booth.purse_fen() == [0, 0, 5000, 0, 0]


def test_the_payment_of_a_top_up_is_known_to_whoever_gives_the_card_back(booth: Booth) -> None:
    topup = booth.tops_up(5000, ONLINE)
    found = payments.refundable(
        booth.uow,
        tenant_id="demo",
        subjects=topups.payment_subjects(booth.uow, tenant_id="demo", card_no=ONLINE),
    )
    assert [one.payment.payment_id for one in found] == [topup.payment_id]


# Bonus.


def test_bonus_is_shown_before_paying_and_kept_though_the_campaign_ends(booth: Booth) -> None:
    campaign = booth.promises(per_mille=100)
    shown = topups.offer(
        booth.uow, tenant_id="demo", card_no=CARD, customer_id=booth.holder.customer_id
    )
    assert [(one.amount_fen, one.bonus_fen) for one in shown.choices] == [
        (2000, 200),
        (5000, 500),
        (10_000, 1000),
        (20_000, 2000),
    ]
    topup = booth.asks_to_pay(5000)
    campaigns.end(
        booth.uow,
        tenant_id="demo",
        campaign_id=campaign.campaign_id,
        actor="finance",
        reason="预算用完",
    )
    booth.money_comes(topup)
    assert booth.purse_fen() == [0, 0, 5000, 500, 0]
    assert booth.balance_fen(chart.BONUS) == 500
    assert (topup.campaign_id, booth.tops_up(5000).bonus_fen) == (campaign.campaign_id, 0)


def test_whoever_proposes_a_campaign_does_not_approve_it(booth: Booth) -> None:
    terms = Terms(
        name="满百送十",
        since=clock.now(),
        until=clock.now() + timedelta(days=1),
        paid_fen_min=10_000,
        fixed_fen=1000,
        customer_fen_max=1000,
    )
    made = campaigns.propose(
        booth.uow, tenant_id="demo", terms=terms, actor="finance", reason="新用户"
    )
    with pytest.raises(DeniedError, match="colleague"):
        campaigns.approve(
            booth.uow, tenant_id="demo", campaign_id=made.campaign_id, actor="finance"
        )
    assert booth.tops_up(10_000).bonus_fen == 0


def test_one_customer_gets_no_more_than_the_cap_whichever_card_he_tops_up(booth: Booth) -> None:
    terms = Terms(
        name="满十送五",
        since=clock.now(),
        until=clock.now() + timedelta(days=1),
        paid_fen_min=1000,
        fixed_fen=500,
        customer_fen_max=700,
    )
    made = campaigns.propose(
        booth.uow, tenant_id="demo", terms=terms, actor="finance", reason="新用户"
    )
    campaigns.approve(
        booth.uow, tenant_id="demo", campaign_id=made.campaign_id, actor=Role.SUPERVISOR.value
    )
    got = [booth.asks_to_pay(1000, card_no).bonus_fen for card_no in (CARD, ONLINE, CARD)]
    assert got == [500, 200, 0]
