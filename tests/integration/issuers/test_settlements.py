"""A school is asked for each pour once, in files that never change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock
from tapline.cards.issuers import settlements
from tapline.cards.issuers.settlements import LineKind
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.files import sheets
from tapline.ledger import chart
from tests import factories
from tests.integration.issuers.campus import CARD, OTHER_CARD, SCHOOL, Campus

DRY: dict[str, Any] = {"ml": 0, "pulses": 0, "status": "no_flow"}
TODAY = date(2026, 11, 3)


@pytest.mark.req("U5")
def test_a_settlement_has_each_pour_and_correction_as_a_line_of_its_own(campus: Campus) -> None:
    campus.arrives(campus.pours(), campus.pours("B", OTHER_CARD, **DRY))
    clock.advance(timedelta(days=1))

    settlement = campus.settles(TODAY)

    lines = campus.lines(settlement)
    assert [(one.key, one.kind, one.card_no, one.amount_fen) for one in lines] == [
        ("dev:A:1", LineKind.POUR, CARD, 100),
        ("dev:B:1", LineKind.POUR, OTHER_CARD, 100),
        ("fix:B:1:1", LineKind.CORRECTION, OTHER_CARD, -100),
    ]
    assert (settlement.total_fen, settlement.number) == (100, 1)
    assert campus.due_fen == 100


@pytest.mark.req("U5")
def test_the_file_as_csv_and_as_excel_says_the_same_and_its_hash_is_kept(campus: Campus) -> None:
    fact = campus.pours()
    campus.arrives(fact)
    clock.advance(timedelta(days=1))
    settlement = campus.settles(TODAY)
    lines = campus.lines(settlement)

    csv = settlements.csv_of(lines)
    rows = [row.cells for row in sheets.read(csv)]
    excel = [row.cells for row in sheets.read(settlements.excel_of(settlement, lines))]

    assert csv.startswith(b"\xef\xbb\xbf")
    assert rows[1] == (
        "dev:A:1",
        "接水",
        CARD,
        "2026-11-03T12:00:00+08:00",
        "",
        "A",
        "3 号楼 1 层",
        "100",
        fact.content_hash.hex(),
    )
    assert rows[-1][7] == "100"
    assert excel[: len(rows)] == rows
    assert excel[-1][-1] == settlement.sha256.hex()


def test_what_comes_late_stands_in_the_next_file_with_its_own_date(campus: Campus) -> None:
    late, early = campus.pours("B"), campus.pours("A")
    campus.arrives(early)
    clock.advance(timedelta(days=1))
    first = campus.settles(TODAY)
    campus.arrives(late, campus.pours("A"))
    clock.advance(timedelta(days=1))
    second = campus.settles(TODAY + timedelta(days=1))

    assert [one.key for one in campus.lines(first)] == ["dev:A:1"]
    assert [(one.key, clock.business_date(one.event_at).day) for one in campus.lines(second)] == [
        ("dev:B:1", 3),
        ("dev:A:2", 4),
    ]
    assert (second.period_from, second.period_to) == (date(2026, 11, 4), date(2026, 11, 4))
    assert first.total_fen + second.total_fen == campus.due_fen == 300


def test_a_day_settled_again_is_a_correcting_file_of_what_changed(campus: Campus) -> None:
    late = campus.pours("B")
    campus.arrives(campus.pours("A"))
    clock.advance(timedelta(days=1))
    campus.settles(TODAY)
    with pytest.raises(ConflictError, match="nothing"):
        campus.settles(TODAY)
    campus.arrives(late)

    correcting = campus.settles(TODAY)

    assert [one.key for one in campus.lines(correcting)] == ["dev:B:1"]
    assert correcting.period_from == correcting.period_to == TODAY
    with pytest.raises(InvalidError, match="settled already"):
        campus.settles(TODAY - timedelta(days=1))
    with pytest.raises(InvalidError, match="not over"):
        campus.settles(TODAY + timedelta(days=1))


def test_a_machine_whose_clock_is_years_ahead_is_settled_with_the_day_it_was_heard(
    campus: Campus,
) -> None:
    campus.arrives(campus.pours(moment=datetime(2099, 1, 1, tzinfo=UTC)))
    clock.advance(timedelta(days=1))
    (line,) = campus.lines(campus.settles(TODAY))
    assert clock.business_date(line.event_at) == TODAY


def test_nobody_can_rewrite_what_was_issued(campus: Campus) -> None:
    campus.arrives(campus.pours())
    clock.advance(timedelta(days=1))
    campus.settles(TODAY)
    for table in ("issuer_settlement", "issuer_settlement_line"):
        with pytest.raises(DBAPIError, match="append-only"), campus.uow.attempt():
            campus.uow.session.execute(text(f"delete from {table}"))


def test_the_month_before_is_settled_by_itself_on_the_settlement_day(campus: Campus) -> None:
    def sweep() -> int:
        settlements.issue_due(campus.uow, tenant_id="demo")
        return len(settlements.listed(campus.uow, tenant_id="demo", issuer_id=SCHOOL))

    campus.arrives(campus.pours())
    clock.advance(timedelta(days=31))  # 4 December
    assert sweep() == 0
    campus.arrives(campus.pours())  # December's
    clock.advance(timedelta(days=1))
    assert [sweep(), sweep()] == [1, 1]
    (settlement,) = settlements.listed(campus.uow, tenant_id="demo", issuer_id=SCHOOL)
    assert (settlement.period_to, settlement.total_fen) == (date(2026, 11, 30), 100)


def test_commission_is_kept_by_the_issuer_and_stands_in_the_books(campus: Campus) -> None:
    campus.uow.session.execute(text("update issuer set commission_permille = 25"))
    campus.arrives(*(campus.pours() for _ in range(5)))
    clock.advance(timedelta(days=1))
    settlement = campus.settles(TODAY)

    assert (settlement.total_fen, settlement.commission_fen) == (500, 12)
    assert campus.balance_fen(chart.ISSUER_FEE) == 12
    assert campus.due_fen == settlement.payable_fen == 488


def test_a_neighbour_finds_neither_issuer_nor_settlement(campus: Campus) -> None:
    campus.arrives(campus.pours())
    clock.advance(timedelta(days=1))
    settlement = campus.settles(TODAY)
    factories.tenant(campus.uow, "other")
    with pytest.raises(NotFoundError):
        settlements.lines_of(campus.uow, tenant_id="other", settlement_id=settlement.settlement_id)
    with pytest.raises(NotFoundError):
        settlements.issue(
            campus.uow, tenant_id="other", issuer_id=SCHOOL, period_to=TODAY, actor="x"
        )
