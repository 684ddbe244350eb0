"""Cards of others and campuses, as finance and the desk see them."""

from collections.abc import Callable, Sequence

import pytest

from tapline.cards.issuers import breaks, receipts, settlements
from tapline.files import sheets
from tapline.people import Role
from tapline.rosters import graduations, students
from tapline.uow import Database
from tests import world
from tests.api.browsing import Visitor, words_of
from tests.world import World
from tests.world_schools import CARD, ISSUER, Schools


@pytest.fixture
def finance(estate: World, estate_database: Database, visit: Callable[[str], Visitor]) -> Visitor:
    """Somebody of finance."""
    if "cai.wu" not in estate.passwords:
        with estate_database.transaction() as uow:
            world.staff(uow, estate, "demo", "cai.wu", "蔡武", Role.FINANCE)
    return visit("cai.wu")


@pytest.mark.req("U5")
def test_finance_sees_what_an_issuer_owes_and_why(campuses: Schools, finance: Visitor) -> None:
    page = words_of(finance.get(f"/console/issuers/{ISSUER}"))

    assert "工商大学一卡通" in page
    assert "2.00" in page
    assert "卡已挂失" in page
    assert "55000000 – 55009999" in page
    listed = words_of(finance.get("/console/issuers"))
    assert ISSUER in listed


@pytest.mark.req("U5")
def test_the_settlement_is_taken_out_as_csv_and_excel(campuses: Schools, finance: Visitor) -> None:
    path = f"/console/settlements/{campuses.settlement_id}"
    page = finance.get(path)
    csv, excel = finance.get(f"{path}/file.csv"), finance.get(f"{path}/file.xlsx")

    assert CARD in csv.text
    assert len(sheets.read(csv.content)) == 4
    assert sheets.read(excel.content)[1].cells[2] == CARD
    assert 'filename="zjgsu-1.csv"' in csv.headers["content-disposition"]
    assert CARD not in page.text.replace(f"/console/issuer-cards/{CARD}", "")


@pytest.mark.req("U5")
def test_a_malformed_answer_is_told_line_by_line_and_changes_nothing(
    campuses: Schools, finance: Visitor, estate_database: Database
) -> None:
    path = f"/console/settlements/{campuses.settlement_id}"
    wrong = "编号,金额（分）,结果,原因\ndev:A:1,1.00,接受,\n,100,接受,\n".encode("gb18030")

    answer = finance.client.post(
        f"{path}/answers", data={"csrf": finance.csrf}, files={"table": ("回执.csv", wrong)}
    )

    assert answer.status_code == 422
    page = words_of(answer)
    assert "1.00" in page
    assert "金额（分）" in page
    nothing = finance.client.post(f"{path}/answers", data={"csrf": finance.csrf})
    assert nothing.status_code == 422
    with estate_database.transaction() as uow:
        assert len(breaks.listed(uow, tenant_id="demo", issuer_id=ISSUER)) == 1


@pytest.mark.req("U5")
def test_a_break_ends_when_a_second_person_confirms_it(
    campuses: Schools,
    finance: Visitor,
    visit: Callable[[str], Visitor],
    estate_database: Database,
) -> None:
    path = f"/console/issuer-breaks/{campuses.break_id}"
    assert finance.post(f"{path}/take").status_code == 303
    proposed = finance.post(f"{path}/propose", resolution="loss", reason="学校坚持")
    assert proposed.status_code == 303
    assert finance.post(f"{path}/confirm", resolution="loss").status_code == 403

    supervisor = visit("he.qing")
    assert "学校坚持" in words_of(supervisor.get(path))
    assert supervisor.post(f"{path}/confirm", resolution="loss").status_code == 303
    paid = finance.post(f"/console/issuers/{ISSUER}/receipts", yuan="1.00", reference="B-77")
    assert paid.status_code == 303

    with estate_database.transaction() as uow:
        assert settlements.due_now(uow, tenant_id="demo", issuer_id=ISSUER) == 0
        explained = receipts.explain(uow, tenant_id="demo", issuer_id=ISSUER)
        assert explained.unexplained_fen == 0


def test_agents_see_a_card_of_others_without_balance_and_no_money(
    campuses: Schools, visit: Callable[[str], Visitor]
) -> None:
    agent = visit("lin.xia")
    page = words_of(agent.get(f"/console/issuer-cards/{CARD}"))

    assert "0571-2800 8888" in page
    assert agent.get("/console/issuers").status_code == 403
    for path in (f"/console/cards/{CARD}", f"/console/search?q={CARD}"):
        moved = agent.get(path)
        assert moved.status_code == 303
        assert moved.headers["location"] == f"/console/issuer-cards/{CARD}"


@pytest.mark.req("U6")
def test_a_list_is_looked_at_before_it_counts(
    campuses: Schools, visit: Callable[[str], Visitor], estate_database: Database
) -> None:
    agent = visit("lin.xia")
    school = f"/console/schools/{campuses.school_id}"
    rows = [("学号", "姓名", "班级", "手机号"), ("S200", "钱多", "机电2班", "13812345678")]
    bad = [rows[0], ("S200", "", "机电2班", "12"), ("S201", "孙", "机电2班", "")]

    def sends(table: Sequence[tuple[str, ...]]) -> str:
        answer = agent.client.post(
            f"{school}/lists",
            data={"csrf": agent.csrf},
            files={"table": ("名单.csv", sheets.csv_bytes(table))},
        )
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    flawed = sends(bad)
    assert "手机号" in words_of(agent.get(flawed))
    assert agent.post(f"{flawed}/apply").status_code == 422

    good = sends(rows)
    assert "钱*" in words_of(agent.get(good))
    assert agent.post(f"{good}/apply").status_code == 303
    found = words_of(agent.get(f"{school}?q=S200"))
    assert "138****5678" in found.replace(" ", "")
    assert "钱多" not in found
    with estate_database.transaction() as uow:
        listed = students.search(uow, tenant_id="demo", school_id=campuses.school_id, words="S2")
    assert [one.name for one in listed] == ["钱多"]


@pytest.mark.req("U6")
def test_a_graduation_is_previewed_proposed_and_approved_by_two(
    campuses: Schools, visit: Callable[[str], Visitor], estate_database: Database
) -> None:
    agent, supervisor = visit("lin.xia"), visit("he.qing")
    path = f"/console/graduations/{campuses.graduation_id}"
    school = f"/console/schools/{campuses.school_id}"
    assert "机电1班" in words_of(agent.get(f"{school}/graduate"))
    assert agent.get(f"{school}/graduate?class_name=机电1班").status_code == 200
    assert agent.post(f"{path}/approve").status_code == 403
    assert supervisor.post(f"{path}/approve").status_code == 303
    page = words_of(supervisor.get(path))
    assert "赵**" in page
    with estate_database.transaction() as uow:
        assert graduations.due(uow, tenant_id="demo")
    assert agent.get(f"{school}/unclaimed").status_code == 200
    excel = supervisor.get(f"{school}/unclaimed.xlsx")
    assert sheets.read(excel.content)[0].cells[0] == "学号"
    assert agent.get("/console/schools").status_code == 200


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_every_page_opens_in_both_languages(
    campuses: Schools, finance: Visitor, locale: str
) -> None:
    finance.client.post("/preferences", data={"name": "locale", "value": locale, "back": "/"})
    school = f"/console/schools/{campuses.school_id}"
    for path in (
        "/console/issuers",
        f"/console/issuers/{ISSUER}",
        f"/console/settlements/{campuses.settlement_id}",
        f"/console/issuer-breaks/{campuses.break_id}",
        f"/console/issuer-cards/{CARD}",
        "/console/schools",
        school,
        f"{school}/graduate?class_name=机电1班",
        f"{school}/unclaimed",
        f"/console/school-lists/{campuses.draft_id}",
        f"/console/graduations/{campuses.graduation_id}",
    ):
        answer = finance.get(path)
        assert answer.status_code == 200, path
