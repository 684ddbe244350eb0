"""D26: a maker's cloud held against the machine itself; the machine's word stands."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline import clock, ledger, reconciliation, tickets
from tapline.cards.facts import FactIn, ingest
from tapline.devices import vendors
from tapline.reconciliation import Finding, Report, Resolution, Side
from tapline.reconciliation.feeds.rules import Sale, paired
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"
OFFLINE = timedelta(hours=72)


@pytest.fixture
def machine(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """Machine A, which speaks for itself, and whose maker's cloud speaks of it too."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        factories.device(uow, "A")
        factories.card(uow, CARD, 100_000)
        vendors.bind(
            uow,
            tenant_id="demo",
            device_id="A",
            vendor="yunshui",
            foreign_id="YS-1",
            actor="test",
            is_witness=True,
        )
        yield uow


def pour(seq: int, **changes: object) -> FactIn:
    return factories.fact("A", seq, CARD, atc=seq, before_fen=100_000 - 100 * (seq - 1), **changes)


def report(ref: int, fact: FactIn, **changes: Any) -> Report:
    """The cloud's word on a sale, under its own number and by a clock 40 s ahead."""
    assert fact.moment is not None
    told = Report(
        device_id="A",
        ref=ref,
        content_hash=f"{ref}:{sorted(changes.items())}".encode(),
        inbox_id=0,
        card_no=fact.card_no,
        amt_fen=fact.amt_fen,
        bal_after_fen=fact.bal_after_fen,
        ml=fact.ml,
        status="ok",
        moment=fact.moment + timedelta(seconds=40),
    )
    return told._replace(**changes)


def came(uow: UnitOfWork, facts: list[FactIn], reports: list[Report]) -> None:
    ingest(uow, tenant_id="demo", facts=facts)
    reconciliation.take_reports(uow, tenant_id="demo", reports=reports)


def swept(uow: UnitOfWork, after: timedelta = timedelta()) -> dict[str, Finding]:
    clock.advance(after)
    reconciliation.sweep_feeds(uow, tenant_id="demo")
    drain(uow)
    found = reconciliation.listed(uow, tenant_id="demo", codes=["D26"])
    return {one.subject: one for one in found}


def test_two_accounts_that_agree_are_no_finding_and_are_posted_once(machine: UnitOfWork) -> None:
    facts = [pour(seq) for seq in range(1, 6)]
    came(machine, facts, [report(900 + n, fact) for n, fact in enumerate(facts)])
    came(machine, facts, [report(900 + n, fact) for n, fact in enumerate(facts)])

    assert swept(machine, OFFLINE) == {}
    assert ledger.card(machine, tenant_id="demo", card_no=CARD).balance_fen == 99_500


def test_another_amount_is_a_case_and_the_machines_word_stands(machine: UnitOfWork) -> None:
    facts = [pour(seq) for seq in range(1, 4)]
    told = [report(900 + n, fact) for n, fact in enumerate(facts)]
    came(machine, facts, [told[0], told[1]._replace(amt_fen=300), told[2]._replace(ml=400)])

    found = swept(machine)

    assert {name: (one.amount_fen, one.needs_person) for name, one in found.items()} == {
        "feed:A:901": (200, True),
        "feed:A:902": (0, False),
    }
    wrong = found["feed:A:901"]
    assert (wrong.facts["why"], wrong.fact, wrong.side) == ("amount", ("A", 2), Side.VENDOR)
    assert wrong.resolution is Resolution.TICKET
    assert ledger.card(machine, tenant_id="demo", card_no=CARD).balance_fen == 99_700
    (ticket,) = tickets.listed(machine, tenant_id="demo")
    assert (ticket.category, ticket.subject) == ("feeds_differ", "device:A:D26")


def test_a_sale_that_the_machine_never_told_is_found_once_it_should_have(
    machine: UnitOfWork,
) -> None:
    first, second, third = (pour(seq) for seq in (1, 2, 9))
    came(machine, [first], [report(901, second)])
    assert swept(machine, timedelta(hours=1)) == {}, "it may be offline"

    came(machine, [third], [])
    clock.advance(timedelta(hours=1))
    found = swept(machine)
    assert {name: one.facts["why"] for name, one in found.items()} == {"feed:A:901": "unknown"}

    came(machine, [second], [])
    assert swept(machine) == {}


def test_what_the_cloud_never_told_of_a_day_is_one_finding_of_that_day(
    machine: UnitOfWork,
) -> None:
    facts = [pour(seq) for seq in range(1, 6)]
    came(machine, facts, [report(901, facts[0])])
    assert swept(machine) == {}

    found = swept(machine, timedelta(days=2, hours=1))

    day = clock.business_date(factories.START)
    (silent,) = found.values()
    assert (silent.subject, silent.amount_fen) == (f"device:A:{day}", 400)
    assert silent.facts["n"] == 4
    came(machine, [], [report(901 + n, fact) for n, fact in enumerate(facts)])
    assert swept(machine) == {}


def test_told_once_more_and_otherwise_both_versions_are_looked_at(machine: UnitOfWork) -> None:
    fact = pour(1)
    came(machine, [fact], [report(901, fact), report(901, fact, amt_fen=900)])

    assert swept(machine)["feed:A:901"].facts["told_fen"] == 900


def sales() -> st.SearchStrategy[list[Sale]]:
    """Sales of two cards within an hour."""
    one = st.tuples(
        st.sampled_from(["1", "2"]),
        st.sampled_from([100, 200]),
        st.none() | st.integers(0, 3),
        st.integers(0, 3600),
    )
    start = datetime(2026, 11, 21, tzinfo=factories.START.tzinfo)
    return st.lists(one, max_size=8).map(
        lambda some: [
            Sale(n, card, amt, bal, 1500, start + timedelta(seconds=s), start)
            for n, (card, amt, bal, s) in enumerate(some)
        ]
    )


@given(sales(), sales())
def test_pairs_are_one_to_one_of_the_same_card_and_whatever_came_first(
    reports: list[Sale], facts: list[Sale]
) -> None:
    pairs = paired(reports, facts)

    assert len({fact.number for fact in pairs.values()}) == len(pairs)
    assert all(reports[ref].card_no == fact.card_no for ref, fact in pairs.items())
    assert paired(reports[::-1], facts[::-1]) == pairs
    assert len(paired(facts, facts)) == len(facts)
