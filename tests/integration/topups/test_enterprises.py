"""An employer pays for his people's water."""

from datetime import date
from uuid import UUID

import pytest

from tapline import cards
from tapline.cards import enterprises
from tapline.cards.enterprises import DepositState, Enterprise, Member
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import chart
from tapline.notices import Notice
from tapline.refunds import RefundKind
from tests.integration.consequences import drain
from tests.integration.refunds.counter import CARD
from tests.integration.topups.booth import ONLINE, Booth

CONTACT = "13900139000"


class Firm:
    """芜湖机床 with an account at the booth's operator."""

    def __init__(self, booth: Booth) -> None:
        self.booth = booth
        self.enterprise: Enterprise = enterprises.create(
            booth.uow,
            tenant_id="demo",
            name="芜湖机床",
            legal_entity="芜湖机床有限公司",
            contact_name="钱会计",
            contact_phone=CONTACT,
            actor="finance",
        )

    @property
    def enterprise_id(self) -> UUID:
        return self.enterprise.enterprise_id

    def pays_in(self, amount_fen: int, reference: str = "ICBC-1") -> enterprises.Deposit:
        return enterprises.record_deposit(
            self.booth.uow,
            tenant_id="demo",
            enterprise_id=self.enterprise_id,
            amount_fen=amount_fen,
            bank_reference=reference,
            received_on=date(2026, 11, 20),
            actor="finance",
        )

    def employs(self, card_no: str = CARD, monthly_fen: int = 3000) -> Member:
        return enterprises.join(
            self.booth.uow,
            tenant_id="demo",
            enterprise_id=self.enterprise_id,
            card_no=card_no,
            monthly_fen=monthly_fen,
            actor="finance",
        )

    def allots(self) -> int:
        self.booth.passes(seconds=1)
        return enterprises.allot(self.booth.uow, tenant_id="demo", enterprise_id=self.enterprise_id)

    @property
    def has_fen(self) -> int:
        return self.booth.balance_fen(chart.enterprise(self.enterprise_id))

    def told(self) -> list[str]:
        self.booth.uow.session.flush()
        found = self.booth.uow.session.query(Notice).where(Notice.recipient == CONTACT)
        return [notice.text for notice in found.order_by(Notice.notice_id)]


@pytest.fixture
def firm(booth: Booth) -> Firm:
    return Firm(booth)


def test_each_member_gets_his_share_once_a_month(firm: Firm) -> None:
    firm.pays_in(100_000)
    firm.employs(CARD, 3000)
    firm.employs(ONLINE, 2000)
    assert (firm.allots(), firm.allots()) == (5000, 0)
    assert firm.booth.purse_fen(CARD) == [0, 0, 3000, 0, 0]
    assert firm.booth.purse_fen(ONLINE) == [2000, 0, 0, 0, 0]
    assert firm.has_fen == 95_000
    lines = enterprises.statement(
        firm.booth.uow, tenant_id="demo", enterprise_id=firm.enterprise_id
    )
    assert [(line.kind, line.balance_after) for line in lines] == [
        ("allotment", 95_000),
        ("allotment", 98_000),
        ("enterprise_deposit", 100_000),
    ]


def test_a_share_that_was_never_written_does_not_pile_up(firm: Firm) -> None:
    firm.pays_in(100_000)
    firm.employs()
    firm.allots()
    firm.booth.passes(days=20)  # into December
    assert firm.allots() == 3000
    assert firm.booth.purse_fen() == [0, 0, 3000, 0, 0]
    voucher = firm.booth.taps()
    assert voucher is not None
    firm.booth.writes(voucher)
    firm.booth.passes(days=31)
    firm.allots()
    assert firm.booth.purse_fen() == [3000, 0, 3000, 0, 0]
    assert firm.has_fen == 94_000


def test_what_a_machine_may_be_writing_is_not_taken_back(firm: Firm) -> None:
    firm.pays_in(100_000)
    member = firm.employs()
    firm.allots()
    voucher = firm.booth.taps()
    assert voucher is not None
    enterprises.leave(firm.booth.uow, tenant_id="demo", member_id=member.member_id, actor="f")
    firm.booth.writes(voucher)
    assert (firm.booth.purse_fen(), firm.has_fen) == ([3000, 0, 0, 0, 0], 97_000)


def test_whoever_leaves_takes_nothing_along_that_waits_and_keeps_his_own(firm: Firm) -> None:
    firm.pays_in(100_000)
    member = firm.employs()
    firm.allots()
    firm.booth.tops_up(1000)
    for _ in range(2):
        enterprises.leave(firm.booth.uow, tenant_id="demo", member_id=member.member_id, actor="f")
    assert (firm.booth.purse_fen(), firm.has_fen) == ([0, 0, 1000, 0, 0], 100_000)
    assert firm.allots() == 0


def test_an_account_gives_no_more_than_it_has_and_its_contact_is_told_once(firm: Firm) -> None:
    firm.pays_in(22_000)
    firm.employs(CARD, 3000)
    firm.allots()
    firm.allots()
    assert firm.told() == [
        "芜湖机床的用水账户余额 190.00 元，已低于 200.00 元，请及时汇款，以免员工水卡无法补足。"
    ]
    firm.employs(ONLINE, 50_000)
    assert (firm.allots(), firm.has_fen) == (19_000, 0)
    assert len(firm.told()) == 1
    firm.pays_in(60_000, "ICBC-2")
    firm.allots()
    assert firm.has_fen == 29_000
    assert firm.enterprise.low_since is None


def test_a_transfer_is_recorded_once_and_a_large_one_by_two_people(firm: Firm) -> None:
    assert firm.pays_in(50_000).deposit_id == firm.pays_in(50_000).deposit_id
    assert firm.has_fen == 50_000
    with pytest.raises(ConflictError, match="something else"):
        firm.pays_in(60_000)
    large = firm.pays_in(2_000_000, "ICBC-2")
    assert (large.state, firm.has_fen) == (DepositState.PROPOSED, 50_000)

    def decides(actor: str, *, confirm: bool) -> None:
        enterprises.decide_deposit(
            firm.booth.uow,
            tenant_id="demo",
            deposit_id=large.deposit_id,
            confirm=confirm,
            actor=actor,
        )

    with pytest.raises(DeniedError, match="colleague"):
        decides("finance", confirm=True)
    with pytest.raises(InvalidError, match="why"):
        decides("supervisor", confirm=False)
    decides("supervisor", confirm=True)
    decides("supervisor", confirm=True)
    assert firm.has_fen == 2_050_000


@pytest.mark.parametrize("amount_fen", [0, -1, 10**10])
def test_a_transfer_that_cannot_be_is_refused(firm: Firm, amount_fen: int) -> None:
    with pytest.raises(InvalidError, match="fen"):
        firm.pays_in(amount_fen)


def test_a_card_has_one_employer(firm: Firm) -> None:
    firm.employs()
    with pytest.raises(ConflictError, match="already"):
        firm.employs(monthly_fen=100)


def test_nobody_is_paid_out_his_employers_money(firm: Firm) -> None:
    firm.pays_in(100_000)
    firm.employs(ONLINE, 5000)
    firm.allots()
    firm.booth.tops_up(3000, ONLINE)
    firm.booth.draws_online(1500)
    refund = firm.booth.asks_back(RefundKind.CARD_CLOSE, card_no=ONLINE)
    assert refund.quote is not None
    assert [(line["code"], line["amount_fen"]) for line in refund.quote["lines"]] == [
        ("paid", 3000),
        ("drawn", -1500),
        ("employer", 1500),
    ]
    firm.booth.acknowledges("A", "B")
    firm.booth.sweeps()
    firm.booth.decides(refund)
    assert (refund.posted_fen, refund.employer_fen, refund.forfeit_fen) == (3000, 3500, 0)
    assert firm.has_fen == 98_500
    assert firm.booth.has(ONLINE).balance_fen == 0
    assert firm.allots() == 0


def test_what_waits_from_an_employer_does_not_go_back_to_the_member(firm: Firm) -> None:
    firm.pays_in(100_000)
    firm.employs(CARD, 5000)
    firm.allots()
    with pytest.raises(InvalidError, match="nothing to give back"):
        firm.booth.asks_back(RefundKind.LOAD_CANCEL, card_no=CARD)
    firm.booth.tops_up(3000)
    refund = firm.booth.asks_back(RefundKind.LOAD_CANCEL, card_no=CARD)
    assert refund.amount_fen == 3000
    assert firm.booth.purse_fen() == [0, 0, 5000, 0, 0]


def test_a_replaced_card_makes_no_own_money_of_an_employers(firm: Firm) -> None:
    firm.pays_in(100_000)
    firm.employs(CARD, 5000)
    firm.allots()
    firm.booth.tops_up(1000)
    cards.replace(
        firm.booth.uow,
        tenant_id="demo",
        card_no=CARD,
        new_card_no="88005678",
        actor="agent",
        reason="lost",
    )
    assert firm.booth.purse_fen("88005678") == [0, 0, 6000, 0, 0]
    refund = firm.booth.asks_back(RefundKind.LOAD_CANCEL, card_no="88005678")
    assert refund.amount_fen == 1000
    firm.booth.passes(days=20)
    firm.allots()  # the share of November comes back, that of December goes to the new card
    assert firm.booth.purse_fen("88005678") == [0, 0, 5000, 0, 0]
    assert firm.has_fen == 95_000


def test_a_replaced_card_goes_on_getting_the_share_and_what_it_had_this_month_counts(
    firm: Firm,
) -> None:
    firm.pays_in(5_000)
    member = firm.employs(monthly_fen=3000)
    assert firm.allots() == 3000

    cards.replace(
        firm.booth.uow,
        tenant_id="demo",
        card_no=CARD,
        new_card_no="88007777",
        actor="agent",
        reason="lost",
    )
    drain(firm.booth.uow)

    (standing,) = enterprises.members(
        firm.booth.uow, tenant_id="demo", enterprise_id=firm.enterprise_id
    )
    assert (standing.member_id, standing.card_no) == (member.member_id, "88007777")
    assert firm.allots() == 0
