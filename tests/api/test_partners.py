"""Shared accountability on its pages: the property's word, the desk's decision, the statement."""

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from openpyxl import load_workbook

from tapline import audit, partners, people
from tapline.partners import Standing
from tapline.people import Scope
from tapline.uow import Database
from tests import world_partners
from tests.api.browsing import PICTURE, Visitor, words_of
from tests.world import PHONE, World
from tests.world_partners import ISSUER, SETTLER, Shared

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def held(estate: World, shared: Shared, estate_database: Database) -> UUID:
    """One more finding that the property is held to answer for."""
    with estate_database.transaction() as uow:
        [by] = [one for one in people.staff_of(uow, tenant_id="demo") if one.login == SETTLER]
        count = len(partners.matters(uow, scope=Scope("demo"), standings=list(Standing)))
        return world_partners.held_to_answer(uow, estate, by, count)


def standing(database: Database, finding_id: UUID) -> Standing:
    with database.transaction() as uow:
        matter = partners.matter(uow, scope=Scope("demo"), finding_id=finding_id)
        return matter.responsibility.standing


@pytest.mark.req("U36", "C20", "H388")
def test_a_manager_objects_with_a_photo_and_reads_what_was_decided_and_why(
    visit: Visit, held: UUID, estate_database: Database
) -> None:
    wuye = visit("wuye")
    listed = wuye.get("/manager/accountability", **ENGLISH)
    assert "answer until" in listed.text
    path = f"/manager/accountability/{held}"
    assert path in listed.text
    page = wuye.get(path, **ENGLISH)
    assert "the same for both sides" in page.text
    assert "8800" not in page.text
    assert "**** " not in page.text
    assert SETTLER not in words_of(page)

    sent = wuye.send(f"{path}/object", [PICTURE], words="当时水压正常")

    assert sent.headers["location"] == path
    assert standing(estate_database, held) is Standing.OBJECTED
    desk = visit("he.qing")
    assert f"/console/accountability/{held}" in desk.get("/console/accountability").text
    decide = f"/console/accountability/{held}/decide"
    assert visit(ISSUER).post(decide, uphold="true", reason="x").status_code == 403
    assert desk.post(decide, uphold="true", reason="").status_code == 422
    desk.post(decide, uphold="true", reason="压力记录相符")

    after = wuye.get(path, **ENGLISH)
    assert "upheld the objection" in after.text
    assert "压力记录相符" in after.text
    assert "当时水压正常" in after.text
    assert "He Qing" not in after.text
    [photo] = {line.split('"')[0] for line in after.text.split('href="') if "/photos/" in line[:90]}
    assert wuye.get(photo).headers["content-type"] == "image/png"


@pytest.mark.req("U36")
def test_a_customer_never_sees_who_is_held_to_answer(visit: Visit, held: UUID) -> None:
    customer = visit(PHONE)

    for path in ("/portal", "/portal/pours", "/portal/cases"):
        page = customer.get(path)
        assert "责任方" not in page.text
        assert "物业" not in words_of(page)
    assert customer.get(f"/manager/accountability/{held}").status_code in {303, 401, 403}


@pytest.mark.req("U28", "C57")
def test_a_statement_shows_each_line_both_entities_and_its_hash_and_leaves_as_excel(
    visit: Visit, shared: Shared, estate_database: Database
) -> None:
    wuye, path = visit("wuye"), f"/manager/statements/{shared.statement_id}"
    assert path in wuye.get("/manager/statements").text

    page = wuye.get(path, **ENGLISH)
    for said in ("+¥30.00", "out of service for 6 h", "清源饮水服务有限公司", "西溪物业有限公司"):
        assert said in words_of(page), said
    assert "as issued" in page.text

    table = wuye.get(f"{path}/table.xlsx", **ENGLISH)
    sheet = load_workbook(io.BytesIO(table.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][5] == -3000
    assert rows[2][5] == -3000
    with estate_database.transaction() as uow:
        taken = audit.newest(uow, tenant_id="demo", limit=5)
    assert ("wuye", "export.take") in {(one.actor, one.action) for one in taken}


def test_a_statement_is_objected_to_by_the_property_kept_by_finance_and_settled_by_another(
    visit: Visit, shared: Shared
) -> None:
    wuye, finance = visit("wuye"), visit(SETTLER)
    own, path = (f"/{who}/statements/{shared.statement_id}" for who in ("manager", "console"))

    assert wuye.post(f"{own}/lines/1", agree="false", words="").status_code == 422
    wuye.post(f"{own}/lines/1", agree="false", words="应为两次")
    assert "应为两次" in finance.get(path).text
    assert finance.post(f"{path}/settle", reference="ICBC 1").status_code == 409
    finance.post(f"{path}/lines/1", said="kept", words="一次停机")
    assert visit(ISSUER).post(f"{path}/settle", reference="ICBC 1").status_code == 403
    finance.post(f"{path}/settle", reference="ICBC 1")

    assert "settled" in words_of(finance.get(path, **ENGLISH))
    assert "ICBC 1" in wuye.get(own).text


@pytest.mark.req("C21", "C32")
def test_an_agreement_is_proposed_in_a_form_and_put_in_force_by_a_colleague(
    visit: Visit, shared: Shared, estate: World
) -> None:
    finance, path = visit(ISSUER), f"/console/agreements/{estate.sites[1].site_id}"
    form = finance.get(path)
    day = hidden_day(form.text)

    sent = finance.post(
        path,
        property_id=str(shared.property_id),
        share_percent="12.5",
        daily_rent_yuan="10.00",
        outage_hours="4",
        multiplier="3",
        vendors=[f"RO-50={shared.vendor_id}"],
        matrix=["leak=property", "no_water=operator"],
        valid_from=day,
        reason="合同 2026-18",
    )
    assert sent.status_code == 303, sent.text
    shown = words_of(finance.get(path, **ENGLISH))
    for said in ("12.5", "over 4 h 00 min: 3 times", "净泉设备", "a colleague approves it"):
        assert said in shown, said
    wrong = finance.post(path, share_percent="12.55", valid_from=day, reason="x")
    assert wrong.status_code == 422

    colleague = visit("he.qing")
    approve = (
        colleague.get(path).text.split("/console/agreements/versions/")[1].split('"', maxsplit=1)[0]
    )
    colleague.post(f"/console/agreements/versions/{approve}", approve="true")

    assert "holds today" in colleague.get(path, **ENGLISH).text
    assert colleague.get("/console/partners", **ENGLISH).status_code == 200


def hidden_day(text: str) -> str:
    """The first day that the form offers."""
    return text.split('name="valid_from" type="date" min="')[1].split('"', maxsplit=1)[0]


def test_a_draft_is_shown_with_what_is_not_decided_and_issued_only_as_it_was_seen(
    visit: Visit, shared: Shared
) -> None:
    finance, path = visit(ISSUER), f"/console/partners/{shared.property_id}"

    page = finance.get(path, **ENGLISH)
    assert "Not decided, and not charged" in page.text
    assert f"/console/statements/{shared.statement_id}" in page.text
    month = f"{shared.month:%Y-%m}"
    again = finance.post(f"{path}/issue", month=month, total_fen="0")
    assert again.status_code == 409
    assert finance.get(f"{path}?month=2026-13").status_code == 422


def test_empty_lists_say_what_would_be_there(visit: Visit, shared: Shared) -> None:
    other = visit("wuye.san")

    assert "Nothing is laid on you" in other.get("/manager/accountability", **ENGLISH).text
    statements = other.get("/manager/statements", **ENGLISH).text
    assert "No statement yet" in statements
    assert other.get("/manager/statements/shares.xlsx").status_code == 200
    assert other.get("/manager/accountability/table.xlsx").status_code == 200
    assert visit("lin.xia").get("/console/partners").status_code == 403
