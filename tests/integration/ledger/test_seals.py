"""Tamper evidence against a real database: nothing is passed over, and what changed is named."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from tapline import clock, ledger
from tapline.ledger import chart
from tapline.uow import Database

from .commands import CARD, place, post


def seal(database: Database) -> int:
    with database.transaction() as uow:
        return ledger.seal(uow)


def verify(database: Database) -> ledger.Verification:
    with database.transaction() as uow:
        return ledger.verify(uow)


def tamper(database: Database, table: str, statement: str) -> None:
    """Do what the owner of the tables can: put the guards out of the way and write."""
    with database.transaction() as uow:
        for command in (f"disable trigger user; {statement}", "enable trigger user"):
            uow.session.execute(text(f"alter table {table} {command}"))


@pytest.fixture
def books(fresh_database: Database) -> Database:
    """Six journals, a transaction each, all sealed."""
    with fresh_database.transaction() as uow:
        place(uow, "opening", ledger.Credit(CARD, 1000))
    for seq in (1, 2, 3, 4):
        with fresh_database.transaction() as uow:
            place(uow, f"dev:WD-1:{seq}", ledger.Pour(CARD, 100))
    with fresh_database.transaction() as uow:
        place(uow, "auth", ledger.Authorise(CARD, 50))
    assert seal(fresh_database) == 6
    return fresh_database


def test_sealed_books_verify(books: Database) -> None:
    assert verify(books) == ledger.Verification(journals=6, sealed=6, differences=())
    assert seal(books) == 0


def test_what_is_posted_after_a_seal_is_covered_by_the_next(books: Database) -> None:
    with books.transaction() as uow:
        place(uow, "void", ledger.Void("auth"))
    assert verify(books) == ledger.Verification(journals=7, sealed=6, differences=())

    assert seal(books) == 1

    assert verify(books) == ledger.Verification(journals=7, sealed=7, differences=())


def test_each_tenant_has_a_chain_of_its_own(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        post(uow, ledger.Pour(CARD, 1), tenant_id="north")
        post(uow, ledger.Pour(CARD, 1), ledger.Pour(CARD, 2), tenant_id="south")
    seal(fresh_database)

    with fresh_database.transaction() as uow:
        assert ledger.verify(uow, tenant_id="north").sealed == 1
        assert ledger.verify(uow, tenant_id="south").sealed == 2
        assert ledger.verify(uow).sealed == 3


def test_a_journal_that_commits_late_is_sealed_too(fresh_database: Database) -> None:
    """Its number is below that of one committed before: walking the numbers would pass it over."""
    with fresh_database.transaction() as slow:
        place(slow, "slow", ledger.Pour(CARD, 10))
        with fresh_database.transaction() as quick:
            banked = ledger.Transfer(chart.BANK, chart.cash("station-1"), 500)
            place(quick, "quick", banked)
        assert seal(fresh_database) == 0

    assert seal(fresh_database) == 2
    assert verify(fresh_database) == ledger.Verification(journals=2, sealed=2, differences=())


def test_the_head_of_a_day_is_its_last_seal(fresh_database: Database) -> None:
    """A business day: 17:00 UTC is one o'clock of the next day in Shanghai."""
    for key, moment in {
        "a": datetime(2026, 11, 21, 1, tzinfo=UTC),
        "b": datetime(2026, 11, 21, 15, tzinfo=UTC),
        "c": datetime(2026, 11, 21, 17, tzinfo=UTC),
    }.items():
        with clock.frozen(moment), fresh_database.transaction() as uow:
            place(uow, key, ledger.Pour(CARD, 1))
    seal(fresh_database)

    with fresh_database.transaction() as uow:
        heads = ledger.heads(uow, tenant_id="demo")

    assert [(head.biz_date, head.seq) for head in heads] == [
        (date(2026, 11, 22), 2),
        (date(2026, 11, 21), 1),
    ]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("ledger_entry", "update ledger_entry set amount = amount + 1 where journal_id = {}"),
        ("ledger_entry", "delete from ledger_entry where journal_id = {} and line = 1"),
        ("ledger_journal", "update ledger_journal set key = 'dev:WD-1:9' where journal_id = {}"),
        ("ledger_journal", "update ledger_journal set event_at = now() where journal_id = {}"),
        ("ledger_journal", "update ledger_journal set command_hash = '' where journal_id = {}"),
    ],
)
def test_a_journal_that_was_changed_is_named(books: Database, table: str, change: str) -> None:
    with books.transaction() as uow:
        (line, *_) = ledger.entries_for_keys(uow, tenant_id="demo", keys=["dev:WD-1:3"])[
            "dev:WD-1:3"
        ]
    tamper(books, table, change.format(line.journal_id))

    found = verify(books)

    assert not found.ok
    assert found.first_journal_id == line.journal_id


def test_a_journal_taken_out_with_its_entries_is_noticed(books: Database) -> None:
    remove = "using ledger_journal j where j.journal_id = e.journal_id and key = 'dev:WD-1:4'"
    tamper(books, "ledger_entry", f"delete from ledger_entry e {remove}")
    tamper(books, "ledger_journal", "delete from ledger_journal where key = 'dev:WD-1:4'")

    assert "is not what seal 1 holds in its place" in {d.what for d in verify(books).differences}


def test_a_balance_that_its_entries_do_not_explain_is_named(books: Database) -> None:
    """Counters are updated in the ordinary way, so no trigger stands before them."""
    with books.transaction() as uow:
        uow.session.execute(
            text("update ledger_account set c_posted = c_posted + 1 where code = 'rev:water'")
        )

    assert [d.what for d in verify(books).differences] == [
        "the counters of rev:water are not the sum of its entries"
    ]


def test_a_forged_journal_slipped_between_sealed_ones_is_noticed(books: Database) -> None:
    tamper(
        books,
        "ledger_journal",
        "insert into ledger_journal (tenant_id, key, command_hash, kind, phase, event_at, source,"
        " txid) select tenant_id, 'forged', '', 'pour', 'single', event_at, '{}', txid"
        " from ledger_journal where key = 'dev:WD-1:2'",
    )

    assert verify(books).first_journal_id is not None
