"""A school's list counts as a whole, after somebody has seen what it would do."""

import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from tapline import cards, clock, people
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.rosters import students
from tests import factories
from tests.integration.consequences import drain
from tests.integration.rosters.school import HEADER, House, line


@pytest.mark.req("U6")
def test_a_list_registers_the_cards_of_its_students_and_only_when_it_is_applied(
    house: House,
) -> None:
    draft = house.sends(line(1), line(2), excel=True)
    plan = house.plan(draft)
    assert ([one.student_no for one in plan.added], plan.flaws) == (["S001", "S002"], [])
    assert house.holder("88000001") is None

    students.apply(house.uow, tenant_id="demo", draft_id=draft.draft_id, actor="agent")

    holder = house.holder("88000001")
    assert holder is not None
    assert (holder.name, holder.phone) == ("学生1", "13800138001")
    assert draft.rows is None


def test_the_same_list_again_changes_nothing(house: House) -> None:
    house.applies(line(1), line(2))
    again = house.sends(line(1), line(2))
    plan = house.plan(again)
    assert (plan.added, plan.changed, plan.unchanged, plan.flaws) == ([], [], 2, [])
    done = students.apply(house.uow, tenant_id="demo", draft_id=again.draft_id, actor="agent")
    assert (done.added, done.changed) == (0, 0)
    twice = students.apply(house.uow, tenant_id="demo", draft_id=again.draft_id, actor="agent")
    assert twice.applied_at == done.applied_at


def test_students_may_move_up_and_exchange_cards_and_who_is_left_out_stays(house: House) -> None:
    house.applies(line(1), line(2), line(3))
    swapped = house.sends(line(1, 卡号="88000002", 班级="高三2班"), line(2, 卡号="88000001"))
    plan = house.plan(swapped)
    assert {flaw.code for flaw in plan.flaws} == {"card_of_other_phone"}

    moved = house.sends(line(1, 班级="高三2班"), line(2))
    plan = house.plan(moved)
    assert [(one.entry.student_no, one.fields) for one in plan.changed] == [
        ("S001", {"class_name": ("高三1班", "高三2班")})
    ]
    assert plan.left_out == ["S003"]
    students.apply(house.uow, tenant_id="demo", draft_id=moved.draft_id, actor="agent")
    found = students.search(house.uow, tenant_id="demo", school_id=house.school_id, words="高三2班")
    assert [one.student_no for one in found] == ["S001"]


def test_unregistered_cards_may_be_dealt_anew(house: House) -> None:
    bare = {"手机号": ""}
    house.applies(line(1, **bare), line(2, **bare))
    house.applies(line(1, 卡号="88000002", **bare), line(2, 卡号="88000001", **bare))
    found = students.search(house.uow, tenant_id="demo", school_id=house.school_id)
    assert [one.card_no for one in found] == ["88000002", "88000001"]
    assert house.holder("88000001") is None


def test_cards_that_cannot_be_theirs_are_told_by_line_and_nothing_is_applied(
    house: House,
) -> None:
    factories.tenant(house.uow, "other")
    factories.card(house.uow, "77000001", tenant_id="other")
    stranger = people.create_customer(house.uow, tenant_id="demo", phone="13900000000", name="别人")
    cards.assign(house.uow, tenant_id="demo", card_no="88000003", customer_id=stranger.customer_id)
    draft = house.sends(
        line(1), line(2, 卡号="77000001"), line(3), line(4, 卡号="88000001"), line(4)
    )

    told = [(flaw.line, flaw.code, flaw.value) for flaw in house.plan(draft).flaws]

    assert told == [
        (3, "no_card", "77000001"),
        (4, "card_of_other_phone", "88000003"),
        (5, "repeated", "88000001"),
        (6, "repeated", "S004"),
    ]
    with pytest.raises(InvalidError, match="line 3: no card 卡号 '77000001'"):
        students.apply(house.uow, tenant_id="demo", draft_id=draft.draft_id, actor="agent")
    assert students.search(house.uow, tenant_id="demo", school_id=house.school_id) == []
    assert house.holder("88000001") is None


@pytest.mark.req("U6")
def test_a_minor_has_a_guardian_and_a_child_without_a_phone_is_his_guardians(
    house: House,
) -> None:
    guardian = {"出生日期": "2012-03-01", "监护人": "王建国", "监护人手机号": "13700137000"}
    house.applies(line(1, **guardian), line(2, 手机号="", **guardian))

    teenager, child = house.holder("88000001"), house.holder("88000002")
    assert teenager is not None
    assert (teenager.name, teenager.guardian_phone) == ("学生1", "13700137000")
    assert people.contact_phone(teenager) == "13700137000"
    assert child is not None
    assert (child.name, child.phone) == ("王建国", "13700137000")


def test_merged_cells_are_refused_with_the_line(house: House) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append(line(1))
    sheet.append(line(2))
    sheet.merge_cells("C2:C3")
    content = _saved(book)
    with pytest.raises(InvalidError, match="line 3: merged cells"):
        house.sends_file(content)


def test_another_tenants_school_and_list_are_not_there(house: House) -> None:
    draft = house.sends(line(1))
    factories.tenant(house.uow, "other")
    with pytest.raises(NotFoundError):
        students.apply(house.uow, tenant_id="other", draft_id=draft.draft_id, actor="x")
    with pytest.raises(NotFoundError):
        students.upload(
            house.uow,
            tenant_id="other",
            school_id=house.school_id,
            name="x",
            content=b"x",
            actor="x",
        )


def test_a_list_that_nobody_applied_is_forgotten_after_a_week(house: House) -> None:
    draft = house.sends(line(1))
    clock.advance(timedelta(days=8))
    students.forget_drafts(house.uow, tenant_id="demo")
    house.uow.session.refresh(draft)
    with pytest.raises(ConflictError, match="send it again"):
        house.plan(draft)


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.req("U6")
def test_a_student_whose_card_is_replaced_carries_the_new_one(house: House) -> None:
    house.applies(line(1), line(2))
    cards.replace(
        house.uow,
        tenant_id="demo",
        card_no="88000001",
        new_card_no="88990001",
        actor="agent",
        reason="lost",
    )
    drain(house.uow)

    found = students.search(house.uow, tenant_id="demo", school_id=house.school_id)
    assert [one.card_no for one in found] == ["88990001", "88000002"]
