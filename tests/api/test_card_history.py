"""The history of a card for the desk, and its statement for the holder."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tapline import clock, ledger
from tapline.ledger import chart
from tapline.refunds import goodwill
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.world import PHONE, World

_FORM = re.compile(
    r'name="device_id" value="([^"]+)"><input type="hidden" name="seq" value="(\d+)"'
)


@pytest.fixture
def pour(
    agent: Visitor, estate: World, estate_database: Database
) -> Iterator[tuple[str, str, str]]:
    """A pour that may be made good: its card's page, device and number; as it was, afterwards."""
    path = f"/console/cards/{estate.card_no}"
    found = _FORM.search(agent.get(path).text)
    assert found, agent.get(path).text
    yield path, found[1], found[2]
    for one in _given(estate_database, found[1], found[2]):
        agent.post(f"{path}/goodwill/{one.goodwill_id}/undo")


def _given(database: Database, device_id: str, seq: str) -> list[goodwill.Goodwill]:
    with database.transaction() as uow:
        return list(goodwill.of_pours(uow, tenant_id="demo", keys=[(device_id, int(seq))]).values())


def cost_fen(database: Database) -> int:
    with database.transaction() as uow:
        found = ledger.balances(uow, tenant_id="demo", codes=[chart.GOODWILL.code])
    return found[chart.GOODWILL.code].posted if found else 0


@pytest.mark.req("C1", "C5", "C15", "H274")
def test_the_desk_reads_water_money_and_acts_in_one_line_of_time(
    agent: Visitor, estate: World
) -> None:
    page = words_of(agent.get(f"/console/cards/{estate.card_no}"))

    history = page[page.index("水卡流水") :]
    for told in ("没有出水", "证据", "退款", "充值余额", "售水收入", "写入卡内"):
        assert told in history, told
    assert "rev:water" not in history


@pytest.mark.req("C5")
def test_one_key_makes_a_pour_good_and_it_can_be_taken_back(
    agent: Visitor, pour: tuple[str, str, str], estate_database: Database
) -> None:
    path, device_id, seq = pour
    form = {"device_id": device_id, "seq": seq, "yuan": "0.30", "why": "bad_water"}
    before_fen = cost_fen(estate_database)

    assert agent.post(f"{path}/goodwill", **form).status_code == 303
    assert agent.post(f"{path}/goodwill", **form).status_code == 409
    assert cost_fen(estate_database) == before_fen + 30

    (given,) = _given(estate_database, device_id, seq)
    assert agent.post(f"{path}/goodwill/{given.goodwill_id}/undo").status_code == 303
    assert cost_fen(estate_database) == before_fen


def test_above_the_limit_a_supervisor_is_asked_on_a_page_of_his(
    visit: Callable[[str], Visitor], agent: Visitor, pour: tuple[str, str, str]
) -> None:
    path, device_id, seq = pour
    agent.post(
        f"/console/cards/{path.rpartition('/')[2]}/goodwill",
        device_id=device_id,
        seq=seq,
        yuan="10.01",
        why="waited",
        words="等了一小时",
    )

    assert "/decide" not in agent.get("/console/goodwill").text
    page = visit("he.qing").get("/console/goodwill").text
    assert "等了一小时" in page
    assert "/decide" in page


def test_the_history_goes_on_where_a_page_ends(agent: Visitor, estate: World) -> None:
    assert agent.get(f"/console/cards/{estate.card_no}?before=nonsense").status_code == 422


@pytest.mark.req("U7")
def test_the_holder_reads_why_each_fen_went_and_where_money_is(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    page = words_of(visit(PHONE).get(f"/portal/cards/{estate.card_no}"))

    assert "下次刷卡" in page
    for inside in ("D01", "D02", "rev:", "suspense", "运营方承担"):
        assert inside not in page, inside


def test_a_month_without_anything_says_so_and_the_table_opens(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    holder = visit(PHONE)
    path = f"/portal/cards/{estate.card_no}"

    assert "这段时间没有记录" in words_of(holder.get(f"{path}?month=2020-01"))
    this = clock.business_date(clock.now()).strftime("%Y-%m")
    table = load_workbook(BytesIO(holder.get(f"{path}/statement.xlsx?month={this}").content))
    rows = list(table.worksheets[0].values)
    assert rows[0][0] == "time"
    assert any(row[1] for row in rows[1:])


def test_nobody_takes_the_statement_of_anothers_card(
    visit: Callable[[str], Visitor], estate: World
) -> None:
    assert visit(PHONE).get("/portal/cards/99999999/statement.xlsx").status_code == 404
