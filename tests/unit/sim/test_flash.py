from collections.abc import Iterator
from pathlib import Path

import pytest

from tapline_gateway.protocol import CommandState, CommandStatus, Fact
from tapline_sim import facts
from tapline_sim.cardlist import HeldList
from tapline_sim.flash import Flash
from tapline_sim.obedience import gaps
from tapline_sim.physics import Flow
from tapline_sim.purse import Purse
from tapline_sim.store import Store

PURSE = Purse(no="88001", kind="cpu", balance_fen=5000, atc=9)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


def write(flash: Flash, *, parked: bool = False) -> Fact:
    counters = flash.counters.counting(charged_fen=100, ml=500)
    fact = facts.debit(
        before=PURSE,
        after=PURSE.debited(100),
        amount_fen=100,
        asked_ml=500,
        flow=Flow(6.0, 225, 500),
        counters=counters,
    )
    flash.write(fact, counters, parked=parked)
    return fact


def seqs(flash: Flash, limit: int = 32) -> list[int]:
    return [kept.fact.seq for kept in flash.oldest(limit)]


def test_facts_are_numbered_for_life_and_delivered_oldest_first(store: Store) -> None:
    flash = Flash(store, "WD-0001")
    written = [write(flash) for _ in range(5)]
    assert [fact.seq for fact in written] == [1, 2, 3, 4, 5]
    assert [fact.tot.fen for fact in written if fact.tot] == [100, 200, 300, 400, 500]
    assert seqs(flash, 3) == [1, 2, 3]


def test_counters_and_facts_survive_a_restart(store: Store) -> None:
    flash = Flash(store, "WD-0001")
    flash.count(boot=3)
    fact = write(flash)
    again = Flash(store, "WD-0001")
    assert again.counters == flash.counters
    assert [tuple(kept) for kept in again.oldest(9)] == [(3, fact)]


def test_a_release_deletes_what_it_names_and_nothing_else(store: Store) -> None:
    flash, other = Flash(store, "WD-0001"), Flash(store, "WD-0002")
    for _ in range(6):
        write(flash)
        write(other)
    assert flash.release(2, {4, 99}) == {1, 2, 4}
    assert seqs(flash) == [3, 5, 6]
    assert flash.counters.upto == 2
    assert seqs(other) == [1, 2, 3, 4, 5, 6]


def test_an_old_release_takes_nothing_back(store: Store) -> None:
    flash = Flash(store, "WD-0001")
    for _ in range(3):
        write(flash)
    flash.release(3, set())
    assert flash.release(1, set()) == set()
    assert flash.counters.upto == 3


def test_a_parked_fact_waits_until_it_is_asked_for(store: Store) -> None:
    flash = Flash(store, "WD-0001")
    write(flash)
    write(flash, parked=True)
    write(flash)
    assert seqs(flash) == [1, 3]
    assert flash.unpark(2, 7) == [2, 3]
    assert seqs(flash) == [1, 2, 3]


def test_events_stay_until_they_are_acknowledged(store: Store) -> None:
    flash = Flash(store, "WD-0001")
    for _ in range(3):
        flash.raise_event("leak", ts="2026-11-21T08:15:02.120+08:00")
    flash.release_events(2)
    assert [event.evt_seq for event in flash.events()] == [3]
    assert flash.counters.evt_seq == 3


def test_the_list_of_blocked_cards_survives_a_restart(store: Store) -> None:
    held = HeldList(ver=3, cards=frozenset({"88001"}), seq=7)
    Flash(store, "WD-0001").hold(held)
    assert Flash(store, "WD-0001").held == held
    assert Flash(store, "WD-0002").held == HeldList()


def test_the_last_sixty_four_commands_are_remembered(store: Store) -> None:
    flash = Flash(store, "WD-0001")
    for number in range(70):
        flash.remember(CommandStatus(cmd=f"c{number}", st=CommandState.DONE))
    remembered = [number for number in range(70) if flash.answer_to(f"c{number}")]
    assert remembered == list(range(6, 70))


@pytest.mark.parametrize(
    ("kept", "missing"),
    [([], [(3, 7)]), ([3, 4, 5, 6, 7], []), ([5], [(3, 4), (6, 7)]), ([3, 7], [(4, 6)])],
)
def test_what_is_gone_of_a_range_is_named(kept: list[int], missing: list[tuple[int, int]]) -> None:
    assert gaps(kept, 3, 7) == missing
