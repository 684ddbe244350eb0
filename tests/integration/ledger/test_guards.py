"""What the database refuses when someone writes past the service."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import ledger
from tapline.ledger import chart
from tapline.uow import Database, UnitOfWork

from .commands import CARD, place, post

JOURNAL = """
insert into ledger_journal (tenant_id, key, command_hash, kind, phase, event_at, source)
values ('demo', 'forged', '', 'forged', :phase, now(), '{}')
"""

# Numbered behind whatever lines the journal has.
ENTRIES = """
insert into ledger_entry
select journal_id, 10 + row_number() over (), account_id, line.side, line.amount, false, false,
       version + 1, 0
from (values {lines}) as line(code, tenant_id, side, amount)
join ledger_account using (code, tenant_id)
join ledger_journal on key = :key
"""

CARD_LINE = f"('card:{CARD}:principal', 'demo', 'C', 100)"
REVENUE_LINE = "('rev:water', 'demo', 'D', 100)"


@pytest.fixture(autouse=True)
def _opened(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 1000), ledger.Pour(CARD, 1))
    post(uow, ledger.Credit(CARD, 1000), ledger.Pour(CARD, 1), tenant_id="other")


def forge(uow: UnitOfWork, *lines: str, phase: str = "single") -> None:
    """Write a journal and `lines` with plain SQL."""
    uow.session.execute(text(JOURNAL), {"phase": phase})
    add(uow, "forged", *lines)


def add(uow: UnitOfWork, key: str, *lines: str) -> None:
    """Write `lines` to the journal under `key`."""
    uow.session.execute(text(ENTRIES.format(lines=", ".join(lines))), {"key": key})


def test_a_balanced_journal_would_be_let_in(uow: UnitOfWork) -> None:
    """So that the refusals below are for their own reasons."""
    forge(uow, CARD_LINE, REVENUE_LINE)

    stored = text(
        "select count(*) from ledger_entry e join ledger_journal j using (journal_id)"
        " where j.key = 'forged'"
    )
    assert uow.session.scalar(stored) == 2


def test_an_unbalanced_journal_is_refused(uow: UnitOfWork) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        forge(uow, CARD_LINE, "('rev:water', 'demo', 'D', 99)")


def test_half_a_journal_is_refused_before_the_other_half_comes(uow: UnitOfWork) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        forge(uow, CARD_LINE)


def test_a_journal_across_tenants_is_refused(uow: UnitOfWork) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        forge(uow, CARD_LINE, "('rev:water', 'other', 'D', 100)")


def test_held_lines_cannot_pass_for_posted_ones(uow: UnitOfWork) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        forge(uow, CARD_LINE, REVENUE_LINE, phase="pending")


def test_a_journal_of_an_earlier_transaction_cannot_gain_lines(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        place(uow, "old", ledger.Credit(CARD, 1000))
        post(uow, ledger.Pour(CARD, 1))

    with (
        pytest.raises(DBAPIError, match="does not balance"),
        fresh_database.transaction() as uow,
    ):
        add(uow, "old", CARD_LINE, REVENUE_LINE)


def test_an_entry_on_no_account_is_refused(uow: UnitOfWork) -> None:
    uow.session.execute(text(JOURNAL), {"phase": "single"})
    with pytest.raises(DBAPIError, match="does not balance"):
        uow.session.execute(
            text(
                "insert into ledger_entry select max(journal_id), line, -line, side, 1, false,"
                " false, 1, 0 from ledger_journal, (values (1, 'D'), (2, 'C')) as line(line, side)"
                " group by line, side"
            )
        )


def test_an_entry_of_no_journal_is_refused(uow: UnitOfWork) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        uow.session.execute(
            text(
                "insert into ledger_entry select 0, row_number() over (), account_id, side, 1,"
                " false, false, version + 1, 0 from ledger_account where tenant_id = 'demo'"
                " and code in ('rev:water', 'equity:opening')"
            )
        )


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_journal set kind = ''",
        "update ledger_entry set amount = 1 where false",
        "update ledger_seal set seq = 1 where false",
        *(
            statement.format(table)
            for table in ("ledger_journal", "ledger_entry", "ledger_seal")
            for statement in ("delete from {} where false", "truncate {}", "truncate {} cascade")
        ),
    ],
)
def test_history_is_append_only(uow: UnitOfWork, statement: str) -> None:
    """A statement that matches no row is refused too: it was not meant to."""
    with pytest.raises(DBAPIError, match="append-only"):
        uow.session.execute(text(statement))


def test_an_account_is_kept_for_ever(uow: UnitOfWork) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        uow.session.execute(text("delete from ledger_account"))


def test_a_bounded_account_cannot_be_overdrawn_behind_our_back(uow: UnitOfWork) -> None:
    code = chart.card(CARD).principal.code
    with pytest.raises(DBAPIError, match="no_overdraft"):
        uow.session.execute(
            text("update ledger_account set d_pending = c_posted where code = :code"),
            {"code": code},
        )
