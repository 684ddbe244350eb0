"""Finance of one operator claims what its machines sold to the other's cards; the other's finance
takes the claim, and both read the same month."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tapline import clock, ledger
from tapline.files import sheets
from tapline.ledger import chart
from tapline.people import Role
from tapline.settings import settings
from tapline_ops.cli import app as command_line
from tests.api.browsing import Visitor, words_of
from tests.api.test_sharing import Houses, houses
from tests.integration.sharing.trade import DRY, OURS, Trade

__all__ = ["houses"]

SELLER, BUYER = "/console/issuers/op-demo", "/console/issuers/op-far"


@pytest.fixture(scope="module")
def trading(houses: Houses) -> Houses:
    """Two days ago the card drew 3.00 at the other house's machine, and paid for water that did
    not come."""
    with clock.frozen(clock.now() - timedelta(days=2)), houses.database.transaction() as uow:
        trade = Trade(uow)
        trade.draws("demo")
        trade.draws("far", 300)
        trade.draws("far", 150, **DRY)
        trade.draws("demo")
    return houses


@pytest.fixture(scope="module")
def seller(trading: Houses) -> Visitor:
    return trading.staff(trading.far, Role.FINANCE)


@pytest.fixture(scope="module")
def buyer(trading: Houses) -> Visitor:
    return trading.staff(trading.demo, Role.FINANCE)


@pytest.fixture
def typing_at_a_desk(trading: Houses, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database named in the environment."""
    url = trading.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TAPLINE_DATABASE_URL", url)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.req("C58")
@pytest.mark.usefixtures("typing_at_a_desk")
def test_a_claim_goes_from_one_finance_to_the_other_and_is_paid(
    trading: Houses,
    seller: Visitor,
    buyer: Visitor,
    tmp_path: Path,
) -> None:
    made = seller.post(f"{SELLER}/claim")
    assert made.status_code == 303, made.text
    page = words_of(seller.get(made.headers["location"]))
    assert "下载签名申报文件" in page
    document = seller.get(f"{made.headers['location']}/claim.json")
    assert "claim-op-demo-1.json" in document.headers["content-disposition"]
    again = seller.post(f"{SELLER}/claim")
    assert again.headers["location"] == made.headers["location"]

    # the command line hands out the same bytes
    out = tmp_path / "claim.json"
    words = ["share", "claim", "op-demo", "--tenant", "far", "--actor", "cai.far"]
    done = CliRunner().invoke(
        command_line, [*words, "--out", str(out), "--data-dir", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == document.content

    taken = buyer.client.post(
        "/console/abroad",
        data={"csrf": buyer.csrf},
        files={"document": ("claim.json", document.content, "application/json")},
    )
    assert taken.status_code == 303
    page = words_of(buyer.get(taken.headers["location"]))
    assert "更正了什么" in page
    assert "第 1 次更正" in page
    assert OURS not in page
    with trading.database.transaction() as uow:
        for tenant_id, account in (
            ("far", chart.issuer_due("op-demo")),
            ("demo", chart.interop_due_to("op-far")),
        ):
            found = ledger.balances(uow, tenant_id=tenant_id, codes=[account.code])
            assert found[account.code].posted == 300


def test_both_read_the_month_from_their_own_side_on_the_page_and_in_excel(
    seller: Visitor, buyer: Visitor
) -> None:
    today = clock.business_date(clock.now())
    before = today.replace(day=1) - timedelta(days=1)
    for who, account, place in ((seller, SELLER, 1), (buyer, BUYER, 2)):
        page = words_of(who.get(f"{account}/statement?month={today:%Y-%m}"))
        assert "期初" in page
        # The water was drawn two days ago, which may have been the month before.
        months = [read(who, account, place, day) for day in (before, today)]
        assert sum(month["更正"] for month in months) == -150
        for month in months:
            assert sum(month[name] for name in month if name in ROWS) == month["期末"]
        assert months[-1]["期末"] == 300
    english = seller.get(f"{SELLER}/statement?month={today:%Y-%m}", **{"Accept-Language": "en"})
    assert "At the end" in english.text


def read(who: Visitor, account: str, place: int, day: date) -> dict[str, int]:
    """The column of a month's table, by what its rows are called."""
    table = who.get(f"{account}/statement.xlsx?month={day:%Y-%m}").content
    _, *rows = sheets.read(table)
    return {row.cells[0]: int(row.cells[place]) for row in rows if row.cells[place]}


ROWS = {"期初", "对方水卡在我方机器的用水", "我方水卡在对方机器的用水", "更正", "抵销", "已付"}


def test_the_list_of_statements_and_the_partners_page_lead_to_the_month(
    houses: Houses, seller: Visitor
) -> None:
    assert f"{SELLER}/statement?month=" in seller.get("/console/statements").text
    partner = seller.get(f"/console/partners/{houses.far.partner_id}")
    assert "双方往来" in words_of(partner)


def test_a_settlement_without_a_claim_says_so(buyer: Visitor) -> None:
    unknown = "/console/settlements/00000000-0000-7000-8000-000000000000/claim.json"
    assert buyer.get(unknown).status_code == 404
    assert buyer.post(f"{BUYER}/claim").status_code == 409, "there is nothing to claim"


def test_agents_neither_claim_nor_read_what_stands_between_operators(houses: Houses) -> None:
    agent = houses.staff(houses.far, Role.AGENT)
    assert agent.get(f"{SELLER}/statement").status_code in {303, 403, 404}
    assert agent.post(f"{SELLER}/claim").status_code in {303, 403, 404}
