"""Old books come in by the console: sent, looked at, approved, compared, undone."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tapline import ledger, policy
from tapline.files import sheets
from tapline.people import Role
from tapline.uow import Database
from tests import world
from tests.api.browsing import Visitor, words_of
from tests.world import World
from tests.world_imports import books, worked

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="session")
def treasurers(estate: World, estate_database: Database) -> None:
    """Two who answer for the books."""
    with estate_database.transaction() as uow:
        world.staff(uow, estate, "demo", "cw.imports", "孙会计", Role.FINANCE)
        world.staff(uow, estate, "demo", "gl.imports", "郑管理", Role.ADMIN)


def sends(visitor: Visitor, content: bytes, *, source: str, name: str = "books.xlsx") -> str:
    """Send a file; the page of its import."""
    answer = visitor.client.post(
        "/console/imports",
        data={"csrf": visitor.csrf, "source": source},
        files=[("tables", (name, content))],
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def works(database: Database, path: str) -> None:
    worked(database, UUID(path.rpartition("/")[2]))


@pytest.mark.req("U24")
def test_finance_takes_books_over_and_undoes_them(
    treasurers: None, visit: Callable[[str], Visitor], estate_database: Database
) -> None:
    finance = visit("cw.imports")
    path = sends(finance, books("67000001", "13700000061"), source="page-one")
    assert "being checked" in words_of(finance.get(path, **ENGLISH))
    assert "HX-Refresh" not in finance.get(f"{path}/progress").headers
    works(estate_database, path)
    assert finance.get(f"{path}/progress").headers["HX-Refresh"] == "true"

    page = words_of(finance.get(path, **ENGLISH))
    assert "may be applied" in page
    assert "123.45" in page
    assert finance.post(f"{path}/approve").status_code == 303
    works(estate_database, path)
    page = words_of(finance.get(path, **ENGLISH))
    assert "every figure is there to the fen" in page
    report = sheets.read(finance.get(f"{path}/report.xlsx").content)
    assert ("12345", "12345", "0") in [row.cells[5:8] for row in report]
    with estate_database.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no="67000001").principal_fen == 12345

    assert "Nothing has happened" in words_of(finance.get(f"{path}/undo", **ENGLISH))
    assert finance.post(f"{path}/undo", reason="测试").status_code == 303
    works(estate_database, path)
    assert "undone" in words_of(finance.get(path, **ENGLISH))
    with estate_database.transaction() as uow:
        assert ledger.card(uow, tenant_id="demo", card_no="67000001").principal_fen == 0


@pytest.mark.req("U24")
def test_much_money_waits_for_a_second_person(
    treasurers: None, visit: Callable[[str], Visitor], estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        changes = {"import_alone_fen_max": 100}
        policy.publish(uow, tenant_id="demo", changes=changes, actor="root", reason="careful")
    try:
        finance, admin = visit("cw.imports"), visit("gl.imports")
        path = sends(finance, books("67000002", "13700000062"), source="page-two")
        works(estate_database, path)
        assert "So much takes two" in words_of(finance.get(path, **ENGLISH))
        assert finance.post(f"{path}/approve").status_code == 403
        assert admin.post(f"{path}/approve").status_code == 303
        works(estate_database, path)
        assert finance.post(f"{path}/undo", reason="测试").status_code == 303
        assert finance.post(f"{path}/agree").status_code == 403
        assert "For a second person" in words_of(admin.get(f"{path}/undo", **ENGLISH))
        assert admin.post(f"{path}/agree").status_code == 303
        works(estate_database, path)
        assert "undone" in words_of(admin.get(path, **ENGLISH))
    finally:
        with estate_database.transaction() as uow:
            policy.publish(uow, tenant_id="demo", changes={}, actor="root", reason="as before")


@pytest.mark.req("U24")
def test_what_is_wrong_is_told_on_the_page_and_in_excel(
    treasurers: None, visit: Callable[[str], Visitor], estate_database: Database
) -> None:
    finance = visit("cw.imports")
    bad = "卡号,卡类型,本金（元）\n67000003,cpu,12.345\n67000004,gold,1\n".encode()
    path = sends(finance, bad, source="page-three", name="水卡.csv")
    works(estate_database, path)
    page = words_of(finance.get(path, **ENGLISH))
    assert "12.345" in page
    assert "at most two decimals" in page
    rows = [row.cells for row in sheets.read(finance.get(f"{path}/flaws.xlsx").content)]
    assert [row[:4] for row in rows[1:]] == [
        ("水卡", "2", "本金（元）", "12.345"),
        ("水卡", "3", "卡类型", "gold"),
    ]
    assert finance.post(f"{path}/approve").status_code == 409
    assert finance.post(f"{path}/drop").status_code == 303


@pytest.mark.req("U24")
def test_the_form_is_there_to_be_filled_in_and_a_file_is_needed(
    treasurers: None, visit: Callable[[str], Visitor]
) -> None:
    finance = visit("cw.imports")
    assert finance.get("/console/import-form.xlsx").content.startswith(b"PK")
    assert finance.get("/console/import-form.zip").content.startswith(b"PK")
    refused = finance.post("/console/imports", source="old-erp")
    assert refused.status_code == 422
    assert "The file was not taken" in words_of(finance.get("/console/imports", **ENGLISH)) or (
        "文件" in refused.text
    )
    for nobody in ("lin.xia", "he.qing"):
        assert visit(nobody).get("/console/imports").status_code == 403
