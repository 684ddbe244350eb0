"""The list of who owes: read at the desk, taken along by finance, and one key reminds."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tapline import cards, clock, ledger, people
from tapline.cards import CardKind
from tapline.cards.facts import ingest
from tapline.money import Fen
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of
from tests.world import Purse, World, pour

CARD = "88990001"


@pytest.fixture(scope="module")
def debtor(estate: World, estate_database: Database) -> str:
    """A card that drew 1.00 yuan more than it held, ten days ago."""
    with estate_database.transaction() as uow:
        holder = people.create_customer(uow, tenant_id="demo", phone="13811112222", name="欠先生")
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=CARD,
            kind=CardKind.CPU,
            balance_fen=Fen(0),
            customer_id=holder.customer_id,
        )
        moment = clock.now() - timedelta(days=10)
        fact = pour(estate, Purse(CARD, 0, 0), estate.devices[14], moment)
        ingest(uow, tenant_id="demo", facts=[fact])
    return CARD


@pytest.mark.req("C14")
def test_the_desk_reads_who_owes_and_reminds_him_with_one_key(
    visit: Callable[[str], Visitor], debtor: str
) -> None:
    agent = visit("lin.xia")
    page = agent.get("/console/arrears")

    assert f"/console/cards/{debtor}" in page.text
    assert 'data-key="r"' in page.text
    assert "8 至 30 天" in words_of(page)
    assert agent.post(f"/console/arrears/{debtor}/remind").status_code == 303
    again = agent.post(f"/console/arrears/{debtor}/remind")
    assert again.status_code == 409
    assert "不久前已通知过" in words_of(again)
    assert 'data-key="r"' not in again.text


def test_the_table_adds_up_to_the_ledgers_receivables(
    visit: Callable[[str], Visitor], debtor: str, estate_database: Database
) -> None:
    answer = visit("he.qing").get("/console/arrears/table.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert isinstance(sheet, Worksheet)
    owed_fen = {str(row[0]): int(str(row[3])) for row in sheet.iter_rows(2, values_only=True)}

    with estate_database.transaction() as uow:
        trial = ledger.trial(uow, tenant_id="demo")
    assert owed_fen[debtor] == 100
    assert sum(owed_fen.values()) == sum(
        row.balance for row in trial if row.code.endswith(":receivable")
    )
