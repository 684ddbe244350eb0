"""Cash at a station: taken once, receipted, undone within minutes, counted by somebody else."""

from uuid import UUID

import pytest

from tapline import audit, people
from tapline.cards import tills, topups
from tapline.cards.tills import Till
from tapline.cards.topups import TopUp, TopUpState
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import chart
from tapline.people import Role, Staff
from tapline.refunds import RefundKind, RefundState
from tests.integration.refunds.counter import CARD
from tests.integration.topups.booth import ONLINE, Booth


class CashBooth:
    """A booth whose courier has a till."""

    def __init__(self, booth: Booth) -> None:
        self.booth = booth
        self.courier: Staff = people.create_staff(
            booth.uow, tenant_id="demo", login="xu", name="小徐", role=Role.COURIER
        )[0]
        self.till: Till = tills.open_for(booth.uow, tenant_id="demo", staff=self.courier)

    def takes(self, amount_fen: int, card_no: str = CARD, key: str = "1") -> TopUp:
        self.booth.passes(seconds=1)
        return topups.take_cash(
            self.booth.uow,
            tenant_id="demo",
            card_no=card_no,
            amount_fen=amount_fen,
            staff=self.courier,
            request_key=key,
        )

    def undoes(self, topup_id: UUID, staff: Staff | None = None) -> TopUp:
        return topups.undo_cash(
            self.booth.uow,
            tenant_id="demo",
            topup_id=topup_id,
            staff=staff or self.courier,
            reason="输错金额",
        )

    def counts(self, counted_fen: int, *, expected_fen: int, reason: str = "") -> None:
        tills.hand_over(
            self.booth.uow,
            tenant_id="demo",
            till_id=self.till.till_id,
            expected_fen=expected_fen,
            counted_fen=counted_fen,
            staff=self.booth.office[Role.FINANCE],
            reason=reason,
            request_key=f"count-{counted_fen}",
        )

    @property
    def cash_fen(self) -> int:
        return self.booth.balance_fen(chart.cash(str(self.till.till_id)))


@pytest.fixture
def cash(booth: Booth) -> CashBooth:
    return CashBooth(booth)


def test_a_button_pressed_twice_takes_the_cash_once_under_one_receipt(cash: CashBooth) -> None:
    first, again = cash.takes(5000), cash.takes(5000)
    assert (first.topup_id, first.receipt_no) == (again.topup_id, "C2611210001")
    assert cash.cash_fen == 5000
    assert cash.booth.purse_fen() == [0, 0, 5000, 0, 0]
    assert cash.booth.told()[-1].endswith("写入卡内，收据 C2611210001。")
    assert cash.takes(3000, ONLINE, "2").receipt_no == "C2611210002"
    with pytest.raises(ConflictError, match="open the page again"):
        cash.takes(4000)
    trail = audit.about(cash.booth.uow, tenant_id="demo", subject=first.subject)
    assert [(entry.actor, entry.action) for entry in trail] == [("xu", "topup.cash")]


def test_whoever_has_no_till_takes_no_cash(booth: Booth) -> None:
    with pytest.raises(DeniedError, match="till"):
        topups.take_cash(
            booth.uow,
            tenant_id="demo",
            card_no=CARD,
            amount_fen=5000,
            staff=booth.office[Role.AGENT],
            request_key="1",
        )


def test_cash_is_undone_by_whoever_took_it_and_leaves_nothing_behind(cash: CashBooth) -> None:
    cash.booth.promises()
    topup = cash.takes(5000)
    with pytest.raises(DeniedError, match="whoever took"):
        cash.undoes(topup.topup_id, cash.booth.office[Role.SUPERVISOR])
    assert cash.undoes(topup.topup_id).state is TopUpState.UNDONE
    assert cash.undoes(topup.topup_id).state is TopUpState.UNDONE
    assert (cash.cash_fen, cash.booth.balance_fen(chart.BONUS)) == (0, 0)
    assert cash.booth.purse_fen() == [0, 0, 0, 0, 0]


def test_cash_that_a_machine_may_have_written_is_not_undone(cash: CashBooth) -> None:
    topup = cash.takes(5000)
    voucher = cash.booth.taps()
    assert voucher is not None
    with pytest.raises(ConflictError, match="at a machine"):
        cash.undoes(topup.topup_id)
    cash.booth.writes(voucher)
    cash.booth.tops_up(9000)  # enough waits, but it is not this money
    with pytest.raises(ConflictError, match="at a machine"):
        cash.undoes(topup.topup_id)
    assert cash.cash_fen == 5000


def test_after_ten_minutes_cash_goes_back_by_a_refund_that_a_person_decides(
    cash: CashBooth,
) -> None:
    topup = cash.takes(5000)
    cash.booth.passes(minutes=11)
    with pytest.raises(DeniedError, match="refund"):
        cash.undoes(topup.topup_id)
    refund = cash.booth.asks_back(RefundKind.LOAD_CANCEL, topup_id=topup.topup_id)
    assert refund.state is RefundState.REVIEW
    cash.booth.decides(refund)
    assert [(leg.payment_id, leg.amount_fen) for leg in cash.booth.legs(refund)] == [(None, 5000)]


def test_a_till_is_counted_by_somebody_else_and_what_differs_is_a_loss_with_a_reason(
    cash: CashBooth,
) -> None:
    cash.takes(5000)
    with pytest.raises(InvalidError, match="say why"):
        cash.counts(4900, expected_fen=5000)
    with pytest.raises(ConflictError, match="since you looked"):
        cash.counts(4000, expected_fen=4000)
    cash.counts(4900, expected_fen=5000, reason="少一张十元，多一枚硬币")
    cash.counts(4900, expected_fen=5000, reason="少一张十元，多一枚硬币")
    assert cash.cash_fen == 0
    assert cash.booth.balance_fen(chart.BANK) == 4900
    assert cash.booth.balance_fen(chart.TILL) == 100
    cash.takes(1000, key="2")
    cash.counts(1100, expected_fen=1000, reason="找到了")
    assert (cash.cash_fen, cash.booth.balance_fen(chart.TILL)) == (0, 0)


def test_whoever_took_the_cash_does_not_count_it(booth: Booth) -> None:
    finance = booth.office[Role.FINANCE]
    till = tills.open_for(booth.uow, tenant_id="demo", staff=finance)
    for staff in (finance, booth.office[Role.AGENT]):
        with pytest.raises(DeniedError):
            tills.hand_over(
                booth.uow,
                tenant_id="demo",
                till_id=till.till_id,
                expected_fen=0,
                counted_fen=0,
                staff=staff,
                reason="",
                request_key="1",
            )
