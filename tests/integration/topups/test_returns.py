"""Money that goes back from a card that is kept: never to both the card and the customer."""

import pytest

from tapline import cards, refunds
from tapline.cards import topups
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.people import Role
from tapline.refunds import Reason, RefundKind, RefundState
from tests.integration.refunds.counter import CARD
from tests.integration.topups.booth import ONLINE, Booth

LOAD, PART = RefundKind.LOAD_CANCEL, RefundKind.CARD_PARTIAL


@pytest.mark.req("U7", "H374")
def test_a_top_up_that_waits_goes_back_the_way_it_was_paid_with_its_bonus(booth: Booth) -> None:
    booth.promises(per_mille=200)
    kept = booth.tops_up(2000)
    topup = booth.tops_up(5000)
    refund = booth.asks_back(LOAD, topup_id=topup.topup_id)
    assert (refund.state, refund.amount_fen, refund.decided_by) == (
        RefundState.EXECUTING,
        5000,
        "system",
    )
    assert booth.purse_fen() == [0, 0, 2000, 400, 0]
    (leg,) = booth.legs(refund)
    assert leg.payment_id == topup.payment_id
    assert refund.forfeit_fen == 1000
    voucher = booth.taps()
    assert voucher is not None
    assert (voucher.amount_fen, voucher.bonus_fen) == (2400, 400)
    booth.all_arrives(refund)
    assert (refund.state, booth.payable_fen) == (RefundState.SETTLED, 0)
    assert (topup.returned_fen, kept.returned_fen) == (5000, 0)
    with pytest.raises(InvalidError, match="nothing to give back"):
        booth.asks_back(LOAD, topup_id=topup.topup_id)


@pytest.mark.req("U7")
def test_what_a_machine_may_be_writing_is_waited_for_and_ends_with_the_write(
    booth: Booth,
) -> None:
    topup = booth.tops_up(5000)
    voucher = booth.taps()
    assert voucher is not None
    refund = booth.asks_back(LOAD, topup_id=topup.topup_id)
    assert (refund.state, refund.reserve_fen) == (RefundState.WAITING, 5000)
    assert refunds.waiting_for(booth.uow, tenant_id="demo", refund_id=refund.refund_id).voucher
    booth.writes(voucher)
    booth.sweeps()
    assert (refund.state, refund.posted_fen) == (RefundState.WITHDRAWN, 0)
    assert booth.purse_fen() == [5000, 0, 0, 0, 0]
    assert booth.told()[-1].endswith("款项已在卡内，无需再退。")


@pytest.mark.req("U7")
def test_what_a_machine_proves_it_did_not_write_goes_back(booth: Booth) -> None:
    topup = booth.tops_up(5000)
    voucher = booth.taps()
    assert voucher is not None
    refund = booth.asks_back(LOAD, topup_id=topup.topup_id)
    booth.sees_no_write(voucher)
    booth.sweeps()
    assert (refund.state, refund.posted_fen) == (RefundState.EXECUTING, 5000)
    assert booth.taps("B") is None
    booth.arrives(booth.loads(voucher))  # the machine lied: what is there is not the ledger's
    assert booth.has().balance_fen == 0


@pytest.mark.req("U7")
def test_all_that_waits_goes_back_corrections_included(booth: Booth) -> None:
    topup = booth.tops_up(5000)
    voucher = booth.taps()
    assert voucher is not None
    booth.writes(voucher)
    booth.arrives(booth.pours("A", 100, ml=0, pulses=0, status="no_flow"))
    newest = booth.tops_up(3000)
    assert booth.purse_fen() == [4900, 0, 3100, 0, 0]
    refund = booth.asks_back(LOAD, card_no=CARD)
    assert (refund.state, refund.amount_fen) == (RefundState.EXECUTING, 3100)
    assert [(leg.payment_id, leg.amount_fen) for leg in booth.legs(refund)] == [
        (newest.payment_id, 3000),
        (topup.payment_id, 100),
    ]
    assert booth.purse_fen() == [4900, 0, 0, 0, 0]


@pytest.mark.req("U7")
def test_whoever_does_not_tap_is_reminded_once_and_after_a_week_offered_the_way_back(
    booth: Booth,
) -> None:
    booth.tops_up(5000)
    before = len(booth.told())

    def reminded() -> list[str]:
        topups.remind(booth.uow, tenant_id="demo")
        return booth.told()[before:]

    assert reminded() == []
    booth.passes(hours=25)
    assert (
        reminded()
        == reminded()
        == ["尾号 1234 的水卡有 50.00 元等待写入，在任意一台机器刷卡即可。"]
    )
    booth.passes(days=6)
    assert reminded()[1:] == [
        "尾号 1234 的水卡有 50.00 元等待写入，在任意一台机器刷卡即可。"
        "也可在用户页面选择原路退回，二者任选其一。"
    ]
    voucher = booth.taps()
    assert voucher is not None
    booth.writes(voucher)
    booth.tops_up(1000)
    booth.passes(hours=25)
    assert "10.00 元等待写入" in reminded()[-1]


def test_an_online_card_gives_back_what_of_a_top_up_is_not_drunk(booth: Booth) -> None:
    booth.promises(per_mille=200)
    topup = booth.tops_up(5000, ONLINE)
    booth.draws_online(1200)
    refund = booth.asks_back(LOAD, topup_id=topup.topup_id)
    assert (refund.amount_fen, refund.forfeit_fen) == (3800, 760)
    assert refund.quote is not None
    assert [(line["code"], line["amount_fen"]) for line in refund.quote["lines"]] == [
        ("topup", 5000),
        ("used", -1200),
    ]
    assert booth.purse_fen(ONLINE) == [0, 240, 0, 0, 0]


@pytest.mark.req("C17", "H391")
def test_part_of_the_balance_goes_back_and_the_card_lives_on(booth: Booth) -> None:
    booth.promises(per_mille=200)
    booth.tops_up(5000, ONLINE)
    newest = booth.tops_up(3000, ONLINE)
    booth.draws_online(2000)
    refund = booth.asks_back(PART, card_no=ONLINE, wanted_fen=4000)
    assert refund.quote is not None
    assert [(line["code"], line["amount_fen"]) for line in refund.quote["lines"]] == [
        ("paid", 8000),
        ("drawn", -2000),
        ("kept", -2000),
    ]
    booth.draws_online(500)  # what is held can not be drunk
    assert booth.has(ONLINE).held_fen == 4000 + 1066
    booth.decides(refund)
    assert [leg.amount_fen for leg in booth.legs(refund)] == [3000, 1000]
    assert booth.legs(refund)[0].payment_id == newest.payment_id
    assert booth.purse_fen(ONLINE) == [1500, 1600 - 1066, 0, 0, 0]
    assert refund.forfeit_fen == 1066
    assert booth.balance_fen(chart.BONUS) == 1600 - 1066


def test_a_purse_gives_back_what_is_not_written_on_it(booth: Booth) -> None:
    booth.tops_up(5000)
    voucher = booth.taps()
    assert voucher is not None
    booth.writes(voucher)
    with pytest.raises(InvalidError, match="nothing to give back"):
        booth.asks_back(PART, card_no=CARD)
    booth.tops_up(3000)
    refund = booth.asks_back(PART, card_no=CARD, wanted_fen=9000)
    assert refund.amount_fen == 3000
    booth.decides(refund, approve=False, reason="证件不符")
    assert booth.purse_fen() == [5000, 0, 3000, 0, 0]
    assert booth.has().held_fen == 0


def test_one_thing_after_the_other_is_asked_of_a_card(booth: Booth) -> None:
    booth.tops_up(5000, ONLINE)
    first = booth.asks_back(PART, card_no=ONLINE, wanted_fen=100)
    with pytest.raises(ConflictError, match="asked for already"):
        booth.asks_back(PART, card_no=ONLINE, wanted_fen=200)
    with pytest.raises(ConflictError, match="asked for already"):
        booth.asks_back(RefundKind.CARD_CLOSE, card_no=ONLINE)
    booth.decides(first, role=Role.SUPERVISOR)
    assert booth.asks_back(RefundKind.CARD_CLOSE, card_no=ONLINE).state is RefundState.REVIEW


def test_nobody_has_another_ones_top_up_back(booth: Booth) -> None:
    topup = booth.tops_up(5000)
    with pytest.raises(NotFoundError):
        refunds.quote(
            booth.uow,
            tenant_id="demo",
            kind=LOAD,
            customer_id=topup.topup_id,
            reason=Reason.NOT_NEEDED,
            topup_id=topup.topup_id,
        )


@pytest.mark.parametrize("wanted_fen", [0, -1, 10**9])
def test_a_part_that_cannot_be_is_refused(booth: Booth, wanted_fen: int) -> None:
    booth.tops_up(5000, ONLINE)
    with pytest.raises(InvalidError, match="ask for 1 to"):
        booth.asks_back(PART, card_no=ONLINE, wanted_fen=wanted_fen)


@pytest.mark.req("U7", "C24")
def test_a_card_that_is_replaced_meanwhile_loses_nothing_and_gains_nothing(booth: Booth) -> None:
    topup = booth.tops_up(5000)
    voucher = booth.taps()
    assert voucher is not None
    refund = booth.asks_back(LOAD, topup_id=topup.topup_id)
    cards.replace(
        booth.uow,
        tenant_id="demo",
        card_no=CARD,
        new_card_no="88005678",
        actor="agent",
        reason="broken",
    )
    booth.sees_no_write(voucher)
    booth.sweeps()
    cards.carry_all(booth.uow, tenant_id="demo")
    booth.sweeps()
    worth_fen = booth.has(CARD).balance_fen + booth.has("88005678").balance_fen
    assert worth_fen + refund.posted_fen == 5000
    assert refund.state in {RefundState.EXECUTING, RefundState.WITHDRAWN}
