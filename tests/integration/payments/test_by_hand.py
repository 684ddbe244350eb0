"""What a provider would not pay: transferred by one person, confirmed by another, never twice."""

import pytest

from tapline import audit, payments
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.payments import Leg, Payout, PayoutState, RefundStatus
from tapline.people import Staff
from tests.integration.payments.till import Till


@pytest.fixture
def stuck(till: Till) -> Payout:
    """20.00 yuan of 50.00 that could not reach the payer's account."""
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()
    till.provider.decides(payout.out_refund_no, RefundStatus.ABNORMAL)
    till.told_refund(payout)
    return till.payout(payout)


def transfer(till: Till, payout: Payout, staff: Staff, reference: str = "ICBC-1") -> PayoutState:
    with till.database.transaction() as uow:
        return payments.pay_by_hand(
            uow,
            tenant_id="demo",
            payout_id=payout.payout_id,
            staff=staff,
            payee="王秀英 **** 0123",
            reference=reference,
        ).state


def confirm(till: Till, payout: Payout, staff: Staff, *, yes: bool = True) -> PayoutState:
    with till.database.transaction() as uow:
        return payments.confirm_by_hand(
            uow,
            tenant_id="demo",
            payout_id=payout.payout_id,
            staff=staff,
            confirm=yes,
            reason="" if yes else "no such transfer on the statement",
        ).state


def provider_pays_after_all(till: Till, payout: Payout) -> None:
    till.provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    till.told_refund(payout, twist="after all")


def test_one_transfers_another_confirms_and_the_bank_pays(
    till: Till, stuck: Payout, office: dict[str, Staff]
) -> None:
    assert transfer(till, stuck, office["cai.wu"]) is PayoutState.BY_HAND
    assert till.balances()["refund_payable"] == 2000

    assert confirm(till, stuck, office["he.qing"]) is PayoutState.PAID_BY_HAND

    assert till.balances() == {"psp:wechat": 5000, "bank": -2000, "order:1:unearned": 3000}
    assert len(till.events("PayoutEnded")) == 2
    with till.database.transaction() as uow:
        trail = audit.about(uow, tenant_id="demo", subject=f"payout:{stuck.payout_id}")
    assert [(entry.actor, entry.action) for entry in trail] == [
        ("he.qing", "payout.confirm"),
        ("cai.wu", "payout.transfer"),
    ]


def test_only_finance_transfers_and_nobody_confirms_himself(
    till: Till, stuck: Payout, office: dict[str, Staff]
) -> None:
    with pytest.raises(DeniedError, match="ask finance"):
        transfer(till, stuck, office["he.qing"])
    transfer(till, stuck, office["cai.wu"])

    with pytest.raises(DeniedError, match="ask a colleague"):
        confirm(till, stuck, office["cai.wu"])
    with pytest.raises(DeniedError, match="finance or a supervisor"):
        confirm(till, stuck, office["lin.xia"])
    assert confirm(till, stuck, office["qian.fang"]) is PayoutState.PAID_BY_HAND


def test_what_the_provider_still_works_on_is_not_transferred(
    till: Till, office: dict[str, Staff]
) -> None:
    payment = till.paid(5000)
    (payout,) = till.decided(Leg(payment.payment_id, 2000))
    till.sends()

    with pytest.raises(ConflictError, match="do not transfer"):
        transfer(till, payout, office["cai.wu"])
    with pytest.raises(InvalidError, match="reference"):
        transfer(till, payout, office["cai.wu"], reference=" ")


def test_a_leg_is_transferred_once(till: Till, stuck: Payout, office: dict[str, Staff]) -> None:
    transfer(till, stuck, office["cai.wu"])
    confirm(till, stuck, office["he.qing"])

    with pytest.raises(ConflictError):
        transfer(till, stuck, office["cai.wu"], "ICBC-2")
    with pytest.raises(ConflictError):
        confirm(till, stuck, office["he.qing"])
    assert till.balances()["bank"] == -2000


def test_a_transfer_that_was_not_made_is_refused_and_can_be_made(
    till: Till, stuck: Payout, office: dict[str, Staff]
) -> None:
    transfer(till, stuck, office["cai.wu"])
    assert confirm(till, stuck, office["he.qing"], yes=False) is PayoutState.ABNORMAL

    transfer(till, stuck, office["qian.fang"], "ICBC-2")
    assert confirm(till, stuck, office["cai.wu"]) is PayoutState.PAID_BY_HAND


def test_a_provider_that_pays_before_finance_does_settles_it(
    till: Till, stuck: Payout, office: dict[str, Staff]
) -> None:
    provider_pays_after_all(till, stuck)

    assert till.payout(stuck).state is PayoutState.SUCCEEDED
    with pytest.raises(ConflictError, match="do not transfer"):
        transfer(till, stuck, office["cai.wu"])
    assert till.balances()["psp:wechat"] == till.provider.bill_fen() == 3000


def test_a_provider_that_pays_after_the_transfer_is_an_incident_and_the_books_stay_right(
    till: Till, stuck: Payout, office: dict[str, Staff]
) -> None:
    transfer(till, stuck, office["cai.wu"])
    confirm(till, stuck, office["he.qing"])

    provider_pays_after_all(till, stuck)

    assert till.payout(stuck).state is PayoutState.CONFLICT
    assert till.balances() == {
        "psp:wechat": till.provider.bill_fen(),
        "bank": -2000,
        "paid_twice": 2000,
        "order:1:unearned": 3000,
    }
    with till.database.transaction() as uow:
        newest = audit.about(uow, tenant_id="demo", subject=f"payout:{stuck.payout_id}")[0]
    assert newest.action == "payout.conflict"
    assert "ICBC-1" in newest.reason


@pytest.mark.parametrize("made", [True, False])
def test_a_provider_that_pays_between_transfer_and_confirmation(
    till: Till, stuck: Payout, office: dict[str, Staff], made: bool
) -> None:
    transfer(till, stuck, office["cai.wu"])
    provider_pays_after_all(till, stuck)
    assert till.payout(stuck).state is PayoutState.CONFLICT
    assert "refund_payable" not in till.balances()

    after = confirm(till, stuck, office["he.qing"], yes=made)

    assert after is (PayoutState.CONFLICT if made else PayoutState.SUCCEEDED)
    assert till.balances().get("paid_twice", 0) == (2000 if made else 0)
    assert till.balances()["psp:wechat"] == till.provider.bill_fen() == 3000
