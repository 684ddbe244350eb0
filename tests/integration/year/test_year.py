"""A year of two hundred cards in which everything goes wrong that has a name.

Every discrepancy that is detected is injected three times at least at seeded moments, among late
and repeated and reordered deliveries, top-ups, losses, replacements and cards that are given up.
The auditor shares no code with the product. D21 is no finding but a wait of refunds, tested there;
D17 waits for bills of providers, D26 for vendors' clouds, D27 for water tickets.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from tapline import clock, ledger
from tapline.uow import Database
from tests.conftest import Template
from tests.integration.year import auditor, books
from tests.integration.year.auditor import Year
from tests.integration.year.days import Calendar

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365
CODES = {f"D{n:02d}" for n in range(1, 29)} - {"D17", "D21", "D26", "D27"}


@dataclass(frozen=True)
class Past:
    """The year as it was, and as it stands in the books."""

    database: Database
    calendar: Calendar
    year: Year


@pytest.fixture(scope="module")
def past(template: Template) -> Iterator[Past]:
    with template.cloned() as database, clock.frozen(START):
        calendar = Calendar(database, START, seed=1, cards=200, machines=18)
        calendar.runs(days=DAYS)
        yield Past(database, calendar, books.read(database, calendar.record()))


@pytest.mark.req("C58", "H404")
def test_the_books_of_a_bad_year_agree_with_the_world(past: Past) -> None:
    assert auditor.problems(past.year) == []


def test_everything_that_is_looked_for_went_wrong_three_times(past: Past) -> None:
    injected = [one["code"] for one in past.year.truth["inject"]]
    assert CODES - {code for code in injected if injected.count(code) >= 3} == set()


@pytest.mark.req("C58")
def test_every_day_is_closed_and_every_statement_proven(past: Past) -> None:
    with past.database.transaction() as uow:
        assert ledger.verify(uow, tenant_id="demo").differences == ()
        assert len(ledger.closes(uow, tenant_id="demo", limit=2 * DAYS)) >= DAYS - 28
        (head, *_) = ledger.heads(uow, tenant_id="demo")
        for card in past.calendar.world.rng.sample(past.calendar.own_cards, 5):
            proof = ledger.prove(uow, tenant_id="demo", card_no=card.number)
            assert ledger.check(proof, head.hash.hex()) == []


def _a_fen_more(year: Year) -> None:
    next(one for one in year.entries if one["code"].startswith("card:"))["amount"] += 1


def _a_pour_less(year: Year) -> None:
    year.truth["pour"].remove(next(one for one in year.truth["pour"] if one["payer"] == "card"))


def _a_write_less(year: Year) -> None:
    year.truth["chip"][0]["fen"] -= 100


def _no_reason(year: Year) -> None:
    year.truth["inject"].remove(next(o for o in year.truth["inject"] if o["code"] == "D12"))


def _not_seen(year: Year) -> None:
    year.findings.remove(next(one for one in year.findings if one["code"] == "D10"))


def _too_generous(year: Year) -> None:
    next(one for one in year.refunds if one["posted_fen"] == 54)["posted_fen"] = 55


def _till_short(year: Year) -> None:
    next(one for one in year.truth["topup"] if one["by_hand"])["fen"] += 100


@pytest.mark.parametrize(
    "lie",
    [
        _a_fen_more,
        _a_pour_less,
        _a_write_less,
        _no_reason,
        _not_seen,
        _too_generous,
        _till_short,
    ],
)
def test_the_auditor_notices(past: Past, lie: Callable[[Year], None]) -> None:
    year = copy.deepcopy(past.year)
    lie(year)
    assert auditor.problems(replace(year)) != []
