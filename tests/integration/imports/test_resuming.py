"""Killed between any two statements, an import goes on where it stood and ends the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import imports, ledger
from tapline.imports import applying, undoing
from tapline.uow import Database
from tests import factories
from tests.conftest import Template
from tests.integration.imports.books import BOOKS, Desk, Rows, offer, workbook
from tests.integration.invariants.crashes import crash_at

TENANT = "demo"
TWO_OF_EACH: Rows = {code: rows[:2] for code, rows in BOOKS.items()}
SPACING = 7
"""Every so many calls of the driver the connection is cut once: another place in each round."""


def end_of(database: Database, import_id: UUID) -> str:
    """The books, the lines and what they became, without the ids that differ from run to run."""
    with database.transaction() as uow:
        found = imports.get(uow, tenant_id=TENANT, import_id=import_id)
        balances = sorted(
            (row.unit, row.debit, row.credit) for row in ledger.trial(uow, tenant_id=TENANT)
        )
        counted = imports.counts(uow, found=found)
        made = uow.session.execute(
            text(
                "select (select count(*) from customer), (select count(*) from card),"
                " (select count(*) from card_step), (select count(*) from ticket),"
                " (select count(*) from ledger_journal), (select count(*) from bucket_opening)"
            )
        ).one()
        assert ledger.verify(uow, tenant_id=TENANT).differences == ()
        figures = found.report and found.report["figures"]
    return repr((found.state, balances, sorted(map(repr, counted.items())), made, figures))


def run(database: Database, *, crashing: bool) -> tuple[str, str]:
    """An import from its dry run to its end, and undone: how it ended both times."""
    with database.transaction() as uow:
        factories.tenant(uow)
        offer(uow, TENANT)
        import_id = imports.upload(
            uow,
            tenant_id=TENANT,
            source="old-erp",
            files=[("books.xlsx", workbook(TWO_OF_EACH))],
            actor="he.qing",
        ).import_id
    work: Callable[[Database, UUID], None] = cut_to_pieces if crashing else in_peace
    work(database, import_id)
    with database.transaction() as uow:
        imports.approve(uow, tenant_id=TENANT, import_id=import_id, actor="zhao.min")
    work(database, import_id)
    applied = end_of(database, import_id)
    with database.transaction() as uow:
        imports.ask_undo(
            uow, tenant_id=TENANT, import_id=import_id, actor="he.qing", reason="wrong file"
        )
    work(database, import_id)
    return applied, end_of(database, import_id)


def in_peace(database: Database, import_id: UUID) -> None:
    more = True
    while more:
        with database.transaction() as uow:
            more = imports.advance(uow, tenant_id=TENANT, import_id=import_id)


def cut_to_pieces(database: Database, import_id: UUID) -> None:
    """Each step is cut off at every `SPACING`th moment before it is let through."""
    more = True
    while more:
        for position in count(0, SPACING):
            with crash_at(database, position) as crash:
                try:
                    with database.transaction() as uow:
                        more = imports.advance(uow, tenant_id=TENANT, import_id=import_id)
                except DBAPIError:
                    assert crash.happened
            if not crash.happened:
                break


@pytest.mark.req("U24")
def test_an_import_cut_off_anywhere_ends_as_if_it_had_not_been(
    fresh_database: Database, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 1)
    monkeypatch.setattr(undoing, "BATCH", 1)
    with template.cloned() as peaceful:
        expected = run(peaceful, crashing=False)
    assert run(fresh_database, crashing=True) == expected


@pytest.mark.req("U24")
def test_two_workers_at_the_same_import_apply_each_line_once(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 1)
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        offer(uow, TENANT)
        found = Desk(uow).sends()
        imports.approve(uow, tenant_id=TENANT, import_id=found.import_id, actor="zhao.min")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(in_peace, fresh_database, found.import_id) for _ in range(2)]:
            done.result()
    with fresh_database.transaction() as uow:
        ended = imports.get(uow, tenant_id=TENANT, import_id=found.import_id)
        assert ended.report is not None
        assert ended.report["difference_count"] == 0
        assert Desk(uow).balances()["equity:opening", "CNY.fen"] == -found.total_fen
