"""Finance asks where a fen went: from the trial balance down to the bytes of a machine."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tapline import audit, clock, ledger
from tapline.ledger import AdjustmentState, chart
from tapline.people import Role
from tapline.uow import Database
from tests import world, world_books
from tests.api.browsing import Visitor, hidden, words_of
from tests.world import World

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}


@pytest.fixture(scope="module")
def tills(estate: World, estate_database: Database) -> World:
    """Two people of finance; the books sealed."""
    with estate_database.transaction() as uow:
        for login in ("ledger.one", "ledger.two"):
            world.staff(uow, estate, "demo", login, login, Role.FINANCE)
    with estate_database.transaction() as uow:
        ledger.seal(uow)
    return estate


@pytest.fixture
def finance(tills: World, visit: Visit) -> Visitor:
    return visit("ledger.one")


def links(page: str, start: str) -> list[str]:
    return [one.replace("&amp;", "&") for one in re.findall(rf'href="({start}[^"]*)"', page)]


def sheet(content: bytes) -> list[tuple[object, ...]]:
    return list(load_workbook(io.BytesIO(content)).active.values)  # type: ignore[union-attr]


@pytest.mark.req("C58")
def test_a_figure_leads_down_to_the_bytes_that_a_machine_sent(finance: Visitor) -> None:
    trial = finance.get("/console/ledger", **ENGLISH)
    (revenue,) = links(trial.text, "/console/ledger/account[?]code=rev%3Awater")
    statement = finance.get(revenue, **ENGLISH)
    assert "It grows on the credit side." in words_of(statement)
    pages = (
        finance.get(at, **ENGLISH) for at in links(statement.text, "/console/ledger/journals/")
    )
    page = next(one for one in pages if "card:**** " in words_of(one))

    words = words_of(page)
    for said in ("rev:water", "sealed, number", "By the machine's clock", "Content hash"):
        assert said in words, said
    assert "What the machine reported" in words
    assert "8800" not in re.sub(r'href="[^"]*"', "", page.text)


def test_a_statement_is_paged_and_bounded_by_days(finance: Visitor) -> None:
    base = "/console/ledger/account?code=rev:water"
    first = finance.get(base, **ENGLISH)
    (older,) = links(first.text, r"[?]code=rev%3Awater")
    second = finance.get(f"/console/ledger/account{older}", **ENGLISH)

    shown = links(first.text, "/console/ledger/journals/")
    assert len(shown) == 50
    assert not set(shown) & set(links(second.text, "/console/ledger/journals/"))
    empty = finance.get(f"{base}&first=2001-01-01&last=2001-01-02", **ENGLISH)
    assert "Nothing was posted to it in this time" in words_of(empty)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/ledger/account?code=rev:watre", 422),
        ("/console/ledger/account?code=rev:water&unit=BUCKET", 422),
        ("/console/ledger/account?code=rev:water&first=2026-02-02&last=2026-01-01", 422),
        ("/console/ledger/account?code=rev:water&first=0001-01-01", 422),
        ("/console/ledger/journals/99999999", 404),
        ("/console/closes/2001-01-01", 404),
    ],
)
def test_what_is_not_there_is_said(finance: Visitor, path: str, status: int) -> None:
    assert finance.get(path).status_code == status


@pytest.mark.req("H356")
def test_tables_go_out_to_excel_and_that_is_on_record(
    finance: Visitor, estate_database: Database
) -> None:
    rows = sheet(finance.get("/console/ledger/trial.xlsx").content)
    assert rows[0] == ("account", "unit", "side", "debit", "credit", "balance", "held")
    assert sum(row[3] for row in rows[1:]) == sum(row[4] for row in rows[1:])  # type: ignore[misc]
    lines = sheet(finance.get("/console/ledger/account.xlsx?code=rev:water").content)
    assert lines[1][-1] == next(row[5] for row in rows if row[0] == "rev:water")

    with estate_database.transaction() as uow:
        taken = [one.subject for one in audit.newest(uow, tenant_id="demo", limit=10)]
    assert {"export:trial-balance", "export:account-statement"} <= set(taken)


def test_agents_see_the_sums_and_no_accounts(visit: Visit) -> None:
    agent = visit("lin.xia")

    page = agent.get("/console/ledger")
    assert links(page.text, "/console/ledger/account") == []
    for path in (
        "/console/ledger/account?code=rev:water",
        "/console/ledger/trial.xlsx",
        "/console/ledger/journals/1",
        "/console/closes",
        "/console/adjustments",
    ):
        assert agent.get(path).status_code == 403, path


def test_an_adjustment_above_the_limit_waits_for_a_second_person(
    finance: Visitor, visit: Visit, estate_database: Database
) -> None:
    page = finance.get("/console/adjustments", **ENGLISH)
    form = {
        "request_id": hidden(page, "request_id"),
        "debit": chart.METER.code,
        "credit": chart.WATER.code,
        "amount": "123.40",
        "reason": "the meter was read wrongly",
        "evidence": "work order 9",
    }
    for _ in range(2):
        assert finance.post("/console/adjustments", **form).status_code == 303
    with estate_database.transaction() as uow:
        waiting = ledger.adjustments(
            uow, tenant_id="demo", states=[AdjustmentState.PROPOSED], limit=1
        )
    (proposed,) = waiting
    assert proposed.amount == 12_340
    act = f"/console/adjustments/{proposed.adjustment_id}"

    assert finance.post(f"{act}/approve").status_code == 403
    assert visit("ledger.two").post(f"{act}/approve").status_code == 303

    with estate_database.transaction() as uow:
        journal = ledger.journal_of(uow, tenant_id="demo", key=proposed.key)
    shown = words_of(finance.get(f"/console/ledger/journals/{journal.journal_id}", **ENGLISH))
    assert "adjustment by hand" in shown


def test_a_mistyped_adjustment_posts_nothing(finance: Visitor) -> None:
    form = {
        "request_id": "00000000-0000-7000-8000-000000000001",
        "debit": chart.METER.code,
        "credit": "rev:watre",
        "amount": "1",
        "reason": "x",
        "evidence": "x",
    }
    for wrong in ({}, {"amount": "-1", "credit": "rev:water"}, {"amount": "1.234"}):
        assert finance.post("/console/adjustments", **form | wrong).status_code == 422


def test_a_journal_is_taken_back_from_its_page(finance: Visitor, estate_database: Database) -> None:
    with estate_database.transaction() as uow:
        posted, _ = world_books.adjusted(uow)
    path = f"/console/ledger/journals/{posted.journal_id}"
    request_id = hidden(finance.get(path), "request_id")

    sent = finance.post(
        f"{path}/reverse", request_id=request_id, reason="entered twice", evidence="till roll"
    )

    assert sent.status_code == 303
    page = finance.get(path, **ENGLISH)
    assert "Taken back by" in words_of(page)
    assert "/reverse" not in page.text


@pytest.fixture
def tomorrow() -> Iterator[None]:
    """When the estate's day is over."""
    with clock.frozen(clock.now() + timedelta(days=1)):
        yield


def test_a_day_is_closed_from_its_page(
    tills: World, tomorrow: None, visit: Visit, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        due = ledger.days_due(uow, tenant_id="demo")
    finance = visit("ledger.one")
    page = finance.get("/console/closes", **ENGLISH)
    assert f"Next: {due[0]}" in words_of(page)

    sent = finance.post("/console/closes", day=str(due[0]))

    assert sent.status_code == 303
    closed = finance.get(f"/console/closes/{due[0]}", **ENGLISH)
    for said in ("Posted later about this day", "rev:water", f"Close of {due[0]}"):
        assert said in words_of(closed), said
    rows = sheet(finance.get(f"/console/closes/{due[0]}/balances.xlsx").content)
    assert rows[0][:3] == ("account", "unit", "debit")
    assert finance.post("/console/closes", day=str(due[0])).status_code == 409
