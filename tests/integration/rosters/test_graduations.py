"""Those who leave get their money back, or find it waiting whenever they ask."""

from datetime import timedelta

import pytest

from tapline import cards, clock, people
from tapline.cards import CardState
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.files import sheets
from tapline.people import Role
from tapline.refunds import RefundState
from tapline.rosters import graduations
from tapline.rosters.graduations import CardStep
from tests.integration.rosters.school import House, line

BARE = {"手机号": ""}


@pytest.fixture
def summer(house: House) -> House:
    """Three leave; the third has left no phone, and a fourth stays."""
    house.applies(line(1), line(2), line(3, **BARE), line(4, 班级="高二1班"))
    return house


@pytest.mark.req("U6")
def test_a_class_is_given_up_by_two_persons_and_each_card_once(summer: House) -> None:
    summer.paid_in("88000001", 1000)
    graduation = summer.proposes()
    assert (graduation.cards, graduation.balance_fen) == (3, 6000)
    summer.works()
    assert summer.refunds_of("88000001") == []

    summer.approves(graduation)
    summer.works(limit=1)  # killed after the first card
    summer.works()
    summer.works()

    refund, *more = summer.refunds_of("88000001")
    assert more == []
    assert (refund.requested_by, refund.decided_by) == ("agent", "supervisor")
    assert refund.state is RefundState.EXECUTING
    assert summer.steps(graduation) == {
        "88000001": CardStep.APPROVED,
        "88000002": CardStep.APPROVED,
        "88000003": CardStep.NO_HOLDER,
    }
    assert cards.get(summer.uow, tenant_id="demo", card_no="88000004").state is CardState.ACTIVE


def test_nobody_approves_what_he_proposed_and_agents_approve_nothing(summer: House) -> None:
    graduation = summer.proposes()
    for role in (Role.AGENT,):
        with pytest.raises(DeniedError):
            summer.approves(graduation, role)
    graduations.withdraw(
        summer.uow, tenant_id="demo", graduation_id=graduation.graduation_id, actor="agent"
    )
    with pytest.raises(ConflictError, match="withdrawn"):
        summer.approves(graduation)
    assert summer.proposes().cards == 3


def test_a_proposal_is_of_what_was_seen(summer: House) -> None:
    with pytest.raises(InvalidError, match="choose a class"):
        graduations.preview(summer.uow, tenant_id="demo", school_id=summer.school_id)
    with pytest.raises(ConflictError, match="3 cards now, 7 when you looked"):
        graduations.propose(
            summer.uow,
            tenant_id="demo",
            school_id=summer.school_id,
            class_name="高三1班",
            graduates_by=None,
            count=7,
            reason="x",
            actor="agent",
        )


@pytest.mark.req("U6")
def test_what_cannot_be_paid_is_listed_reminded_of_three_times_and_never_lapses(
    summer: House,
) -> None:
    summer.paid_in("88000001", 1000)
    summer.approves(graduation := summer.proposes())
    summer.works()

    def listed() -> dict[str, tuple[int, str]]:
        found = graduations.unclaimed(summer.uow, tenant_id="demo", school_id=summer.school_id)
        return {one.card_no: (one.owed_fen, one.why) for one in found}

    waiting = {"88000002": (2000, "no_route"), "88000003": (3000, "no_holder")}
    assert listed() == waiting
    for _ in range(5):
        graduations.remind(summer.uow, tenant_id="demo")
        graduations.remind(summer.uow, tenant_id="demo")
        clock.advance(timedelta(days=31))
    reminders = [text for text in summer.told("13800138002") if "不会失效" in text]
    assert len(reminders) == 3
    assert "20.00 元" in reminders[0]
    clock.advance(timedelta(days=3650))
    assert listed() == waiting

    rows = graduations.unclaimed(summer.uow, tenant_id="demo")
    excel = sheets.read(graduations.unclaimed_excel(rows))
    assert excel[2].cells[:7] == (
        "S003",
        "学生3",
        "高三1班",
        "",
        "88000003",
        "3000",
        "无登记持卡人",
    )
    assert graduation.cards == 3


def test_whoever_turns_up_years_later_gets_his_money(summer: House) -> None:
    summer.approves(graduation := summer.proposes())
    summer.works()
    clock.advance(timedelta(days=2000))
    holder = people.create_customer(summer.uow, tenant_id="demo", phone="13600136000", name="学生3")
    cards.assign(summer.uow, tenant_id="demo", card_no="88000003", customer_id=holder.customer_id)
    summer.works()
    (refund,) = summer.refunds_of("88000003")
    assert (refund.posted_fen, refund.customer_id) == (3000, holder.customer_id)
    assert summer.steps(graduation)["88000003"] is CardStep.APPROVED
    assert summer.balance_fen("88000003") == 0


def test_a_card_that_its_holder_gives_up_himself_meanwhile_is_told_not_lost(
    summer: House,
) -> None:
    graduation = summer.proposes()
    cards.begin_closing(summer.uow, tenant_id="demo", card_no="88000001")
    summer.approves(graduation)
    summer.works()
    rows = graduations.cards_of(
        summer.uow, tenant_id="demo", graduation_id=graduation.graduation_id
    )
    failed = {card.card_no: card.obstacle for card, _ in rows if card.step is CardStep.FAILED}
    assert list(failed) == ["88000001"]
    assert failed["88000001"]
    assert summer.steps(graduation)["88000002"] is CardStep.APPROVED


def test_a_disputed_card_is_left_to_the_desk(summer: House) -> None:
    graduation = summer.proposes()
    for card, _ in graduations.cards_of(
        summer.uow, tenant_id="demo", graduation_id=graduation.graduation_id
    ):
        card.is_disputed = card.card_no == "88000001"
    summer.approves(graduation)
    summer.works()
    (refund,) = summer.refunds_of("88000001")
    assert refund.state in {RefundState.REVIEW, RefundState.WAITING}
    assert summer.steps(graduation)["88000001"] is CardStep.AT_DESK
