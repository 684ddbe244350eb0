"""Clearing and suspense explain themselves to the last fen, and say whose turn it is."""

from collections.abc import Callable
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tapline import ledger, reports
from tapline.reports import ClearingActor
from tapline.uow import Database
from tests.api.browsing import Visitor, words_of

_FAMILIES = ("suspense:", "psp:", "cash:", "topup:", "booklet:", "refund_payable", "paid_twice")


def test_what_an_estate_holds_in_between_is_explained_to_the_last_fen(
    estate_ids: dict[str, str], estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        accounts = reports.clearing(uow, tenant_id="demo")
        held = {
            row.code: row.balance
            for row in ledger.trial(uow, tenant_id="demo")
            if row.code.startswith(_FAMILIES) and row.balance
        }

    assert {one.row.code: one.row.balance for one in accounts if one.row.balance} == held
    assert {one.row.code: one.unexplained_fen for one in accounts if one.unexplained_fen} == {}
    assert {one.row.code.partition(":")[0] for one in accounts} >= {"suspense", "refund_payable"}
    stuck = next(one for one in accounts if one.row.code == "refund_payable").items
    assert ClearingActor.FINANCE in {item.actor for item in stuck}


def test_finance_takes_it_along_as_a_table_and_an_agent_does_not(
    visit: Callable[[str], Visitor], estate_ids: dict[str, str], estate_database: Database
) -> None:
    answer = visit("he.qing").get("/console/clearing/table.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert isinstance(sheet, Worksheet)
    with estate_database.transaction() as uow:
        accounts = reports.clearing(uow, tenant_id="demo")

    amounts = [int(str(row[5])) for row in sheet.iter_rows(2, values_only=True)]
    assert sum(amounts) == sum(one.row.balance for one in accounts)
    assert visit("lin.xia").get("/console/clearing/table.xlsx").status_code == 403


def test_the_page_says_whose_turn_it_is(
    visit: Callable[[str], Visitor], estate_ids: dict[str, str]
) -> None:
    page = words_of(visit("he.qing").get("/console/clearing"))

    assert "轮到谁" in page
    assert "支付机构无法退款：由财务转账" in page
