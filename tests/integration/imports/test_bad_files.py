"""Whatever is wrong with a file is named with its place, and nothing at all is posted."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tapline import cards, imports, ledger
from tapline.cards import CardKind, issuers
from tapline.errors import ConflictError, InvalidError
from tapline.imports import ImportState, workbooks
from tests import factories
from tests.integration.imports.books import SKU, Desk, Rows, workbook

CUSTOMER: Rows = {"customers": [("K1", "13800000001", "王芳")]}


def with_customer(**rows: Sequence[Sequence[Any]]) -> bytes:
    return workbook({**CUSTOMER, **rows})


@pytest.fixture
def world(desk: Desk) -> Desk:
    """Another operator with a card, an issuer with a range, a card of ours."""
    factories.tenant(desk.uow, "other")
    factories.card(desk.uow, "77000001", tenant_id="other")
    factories.card(desk.uow, "88000001", balance_fen=0)
    issuers.create(
        desk.uow,
        tenant_id="demo",
        issuer_id="zjgsu",
        name="工商大学一卡通",
        legal_entity="浙江工商大学",
        contact="",
        settlement_day=5,
        commission_permille=0,
        actor="he.qing",
    )
    issuers.add_numbers(
        desk.uow, tenant_id="demo", issuer_id="zjgsu", lines=["5500****"], actor="he.qing"
    )
    return desk


BAD: Mapping[str, tuple[bytes, list[tuple[str, int, str]]]] = {
    "another operator's card": (
        workbook({"cards": [("77000001", "cpu", "", 1, "", "", "")]}),
        [("水卡", 2, "card_others")],
    ),
    "an issuer's range": (
        workbook({"cards": [("55001234", "cpu", "", 1, "", "", "")]}),
        [("水卡", 2, "card_issuers")],
    ),
    "a card of ours": (
        workbook({"cards": [("88000001", "cpu", "", 1, "", "", "")]}),
        [("水卡", 2, "card_ours")],
    ),
    "a customer whom nobody knows": (
        workbook({"cards": [("90000001", "cpu", "K9", 1, "", "", "")]}),
        [("水卡", 2, "no_customer")],
    ),
    "two customers with one phone": (
        workbook({"customers": [("K1", "13800000001", "王芳"), ("K2", "13800000001", "李强")]}),
        [("客户", 3, "repeated")],
    ),
    "tickets for what we do not sell": (
        with_customer(booklets=[("P1", "K1", "W99", 3)]),
        [("水票", 2, "no_product")],
    ),
    "tickets that are used up": (
        with_customer(booklets=[("P1", "K1", SKU, 0)]),
        [("水票", 2, "none_at_all")],
    ),
    "a case about a card that is nowhere": (
        with_customer(cases=[("G1", "K1", "91", "card_lost", "2026-10-01", "丢了")]),
        [("未结工单", 2, "no_card")],
    ),
    "half a fen, and others": (
        workbook(
            {
                "cards": [
                    ("90000001", "cpu", "", 12.345, "", "", ""),
                    ("90000002", "cpu", "", -1, "", "", ""),
                    ("90000003", "cpu", "", 1, "", "", ""),
                ]
            }
        ),
        [("水卡", 2, "not_yuan"), ("水卡", 3, "negative")],
    ),
    "deposits beyond the limit": (
        with_customer(buckets=[("D1", "K1", 0, 200, 30)]),
        [("空桶押金", 2, "too_much")],
    ),
    "headings alone": (workbook({"cards": []}), [("", 0, "empty")]),
    "another program's file": (
        workbooks.zipped([("余额.csv", "卡号,余额\n1,2\n".encode())]),
        [("余额", 0, "unknown_sheet")],
    ),
    "no file of a kind that we read": (b"\x00\x01\x02\x03", [("books", 0, "no_text")]),
}


@pytest.mark.req("U24")
@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_by_line_and_nothing_is_posted(world: Desk, what: str) -> None:
    content, expected = BAD[what]
    before = world.balances()
    found = world.sends(content)
    assert (found.state, world.codes(found)) == (ImportState.REFUSED, expected)
    with pytest.raises(ConflictError):
        world.applies(found)
    assert (world.balances(), imports.counts(world.uow, found=found)) == (before, {})
    assert cards.known(world.uow, tenant_id="demo", card_nos=["90000003"]) == {}


@pytest.mark.req("U24")
def test_a_source_is_named_and_a_file_is_not_larger_than_we_read(desk: Desk) -> None:
    for source, files in (
        ("Old ERP:1", [("books.xlsx", workbook())]),
        ("old-erp", []),
        ("old-erp", [("books.xlsx", bytes(workbooks.BYTES_MAX + 1))]),
    ):
        with pytest.raises(InvalidError):
            imports.upload(desk.uow, tenant_id="demo", source=source, files=files, actor="x")
    assert imports.listed(desk.uow, tenant_id="demo") == []


@pytest.mark.req("U24")
def test_csv_files_come_one_a_sheet_and_an_old_encoding_is_read_and_said(desk: Desk) -> None:
    customers = "客户编号,手机号,姓名\nK1,13800000001,王芳\n".encode("gb18030")
    held = "卡号;卡类型;客户编号;本金（元）\n90000001;M1卡;K1;20\n".encode("utf-8-sig")
    found = imports.upload(
        desk.uow,
        tenant_id="demo",
        source="old-erp",
        files=[("客户.csv", customers), ("水卡 (1).csv", held)],
        actor="he.qing",
    )
    desk.works(found.import_id)
    assert (found.flaws, found.notes) == ([], [["gbk", "客户"]])
    desk.applies(found)
    card = cards.get(desk.uow, tenant_id="demo", card_no="90000001")
    assert (card.kind, card.opened_fen) == (CardKind.M1, 2000)
    assert ledger.card(desk.uow, tenant_id="demo", card_no="90000001").principal_fen == 2000
