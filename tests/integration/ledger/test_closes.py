"""The daily close: what it asserts, what it asks a person for, and what it never touches again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, ledger
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.uow import Database, UnitOfWork

from .commands import CARD
from .test_seals import tamper

FRIDAY = date(2026, 11, 20)
WECHAT = chart.psp("wechat")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@contextmanager
def on(database: Database, moment: datetime) -> Iterator[UnitOfWork]:
    """A transaction at `moment`."""
    with clock.frozen(moment), database.transaction() as uow:
        yield uow


def entered(
    uow: UnitOfWork,
    key: str,
    movement: ledger.Movement | ledger.Resolution,
    *,
    subject: str | None = None,
    event_at: datetime | None = None,
) -> None:
    """Post one movement about `subject`, which happened now or at `event_at`."""
    command = ledger.Command(
        key=key,
        kind="test",
        event_at=event_at or clock.now(),
        movement=movement,
        content=repr(movement),
        source={"subject": subject} if subject else {},
    )
    ledger.post(uow, tenant_id="demo", commands=[command])


def close(
    database: Database,
    day: date,
    reasons: dict[tuple[str, str], str] | None = None,
    *,
    late: int = 1,
) -> ledger.LedgerClose:
    """Close `day`, so many days later."""
    with on(database, noon(day + timedelta(days=late))) as uow:
        return ledger.close_day(uow, tenant_id="demo", day=day, actor="he.qing", reasons=reasons)


@pytest.fixture
def books(fresh_database: Database) -> Database:
    """Friday: a top-up and a pour. Saturday: a pour, a hold, and Friday's second pour, late."""
    with on(fresh_database, noon(FRIDAY)) as uow:
        entered(uow, "top-up", ledger.Credit(CARD, 1000, WECHAT), subject="payment:1")
        entered(uow, "dev:WD-1:1", ledger.Pour(CARD, 100))
    saturday = noon(FRIDAY + timedelta(days=1))
    with on(fresh_database, saturday) as uow:
        entered(uow, "dev:WD-1:3", ledger.Pour(CARD, 300))
        entered(uow, "dev:WD-1:2", ledger.Pour(CARD, 50), event_at=noon(FRIDAY))
        entered(uow, "auth", ledger.Authorise(CARD, 20))
    with fresh_database.transaction() as uow:
        ledger.seal(uow)
    return fresh_database


def asserted(database: Database, day: date) -> dict[str, tuple[int, int, int, int]]:
    """(debit, credit, balance, entries) by account."""
    with database.transaction() as uow:
        found = ledger.assertions(uow, tenant_id="demo", day=day)
    return {row.code: (row.debit, row.credit, row.balance, row.entries) for row in found}


def test_a_close_asserts_every_balance_that_the_day_moved(books: Database) -> None:
    friday = close(books, FRIDAY)
    saturday = close(books, FRIDAY + timedelta(days=1))

    assert (friday.journals, friday.sums) == (2, {"CNY.fen": [1100, 1100]})
    assert asserted(books, FRIDAY) == {
        f"card:{CARD}:principal": (100, 1000, 900, 2),
        "psp:wechat": (1000, 0, 1000, 1),
        "rev:water": (0, 100, 100, 1),
    }
    assert saturday.journals == 3
    assert asserted(books, saturday.biz_date) == {
        f"card:{CARD}:principal": (350, 0, 550, 3),
        "rev:water": (0, 350, 450, 3),
    }
    with books.transaction() as uow:
        assert ledger.verify(uow).differences == ()


def test_what_is_posted_later_about_a_closed_day_stands_in_a_later_one(books: Database) -> None:
    close(books, FRIDAY)

    with books.transaction() as uow:
        later = ledger.restated(uow, tenant_id="demo", day=FRIDAY)

    assert [(row.code, row.debit, row.credit) for row in later] == [
        (f"card:{CARD}:principal", 50, 0),
        ("rev:water", 0, 50),
    ]


def test_days_are_closed_in_order_once_and_when_they_are_over(books: Database) -> None:
    saturday = FRIDAY + timedelta(days=1)
    with pytest.raises(InvalidError, match="not over"):
        close(books, FRIDAY, late=0)
    with pytest.raises(ConflictError, match="2026-11-20 is not closed yet"):
        close(books, saturday)
    close(books, FRIDAY)
    with pytest.raises(ConflictError, match="next is 2026-11-21"):
        close(books, FRIDAY)

    with on(books, noon(saturday + timedelta(days=3))) as uow:
        assert ledger.days_due(uow, tenant_id="demo") == [
            saturday + timedelta(days=n) for n in range(3)
        ]


def test_a_day_on_which_nothing_happened_is_closed_too(books: Database) -> None:
    for after in range(3):
        empty = close(books, FRIDAY + timedelta(days=after))

    assert (empty.journals, empty.sums) == (0, {})


def test_a_journal_that_commits_behind_the_close_of_its_day_belongs_to_the_next(
    books: Database,
) -> None:
    """A clock that lags behind cannot bring a journal into a day that was closed."""
    close(books, FRIDAY)
    with on(books, noon(FRIDAY)) as uow:
        entered(uow, "late", ledger.Pour(CARD, 1))

    saturday = close(books, FRIDAY + timedelta(days=1))

    assert saturday.journals == 4
    with books.transaction() as uow:
        assert ledger.verify(uow).differences == ()


def test_a_day_waits_for_a_transaction_that_may_still_belong_to_it(books: Database) -> None:
    with books.transaction() as slow:
        slow.session.execute(text("select pg_current_xact_id()"))
        with on(books, noon(FRIDAY + timedelta(days=1))) as uow:
            entered(uow, "quick", ledger.Pour(CARD, 1))
        close(books, FRIDAY)
        with pytest.raises(ConflictError, match="1 journals of 2026-11-21 wait"):
            close(books, FRIDAY + timedelta(days=1))

    assert close(books, FRIDAY + timedelta(days=1)).journals == 4


def test_what_a_clearing_account_holds_too_long_needs_a_reason(books: Database) -> None:
    """Seven days by default. The reason given once stands as long as the amount does."""
    for after in range(8):
        assert close(books, FRIDAY + timedelta(days=after)).breaks == []
    late = FRIDAY + timedelta(days=8)
    with pytest.raises(ledger.UnexplainedError, match="payment:1 with 1000 on psp:wechat"):
        close(books, late)
    with books.transaction() as uow:
        (found,) = ledger.breaks(uow, tenant_id="demo", day=late)
    assert found.key == ("psp:wechat", "payment:1")

    told = close(books, late, {found.key: "the bill of the 20th is missing"})
    assert [one["reason"] for one in told.breaks] == ["the bill of the 20th is missing"]
    (again,) = close(books, late + timedelta(days=1)).breaks
    assert again["reason"] == "the bill of the 20th is missing"

    with on(books, noon(late + timedelta(days=2))) as uow:
        entered(uow, "fee", ledger.Transfer(chart.BANK, WECHAT, 990), subject="payment:1")
    with pytest.raises(ledger.UnexplainedError, match="payment:1 with 10 on psp:wechat"):
        close(books, late + timedelta(days=2))


def test_a_night_closes_what_needs_no_explanation_and_stops_there(books: Database) -> None:
    with on(books, noon(FRIDAY + timedelta(days=20))) as uow:
        closed = ledger.close_explained(uow, tenant_id="demo", actor="system")

    assert [one.biz_date for one in closed] == [FRIDAY + timedelta(days=n) for n in range(8)]


def test_what_is_held_is_explained_the_same_before_and_after_a_close(books: Database) -> None:
    def explained() -> list[tuple[str, int]]:
        with books.transaction() as uow:
            held = ledger.explain(uow, tenant_id="demo", code="psp:wechat")
        return [(one.subject, one.amount) for one in held]

    assert explained() == [("payment:1", 1000)]
    close(books, FRIDAY)
    assert explained() == [("payment:1", 1000)]
    with on(books, noon(FRIDAY + timedelta(days=1))) as uow:
        entered(uow, "banked", ledger.Transfer(chart.BANK, WECHAT, 1000), subject="payment:1")
    assert explained() == []


@pytest.mark.parametrize(
    ("table", "change", "what"),
    [
        (
            "ledger_assertion",
            "update ledger_assertion set balance = balance + 1 where debit = 1000",
            "the close of 2026-11-20 asserts something else of psp:wechat",
        ),
        (
            "ledger_close",
            "update ledger_close set seal_seq = 9",
            "the close of 2026-11-20 does not end with seal 1",
        ),
        (
            "ledger_residue",
            "update ledger_residue set amount = 7",
            "what the closes left on psp:wechat is not its balance then",
        ),
    ],
)
def test_a_close_that_was_changed_afterwards_is_noticed(
    books: Database, table: str, change: str, what: str
) -> None:
    close(books, FRIDAY)
    with books.transaction() as uow:
        if table != "ledger_residue":
            with pytest.raises(DBAPIError, match="append-only"), uow.attempt():
                uow.session.execute(text(change))
    tamper(books, table, change)

    with books.transaction() as uow:
        found = ledger.verify(uow)

    assert what in [difference.what for difference in found.differences]
