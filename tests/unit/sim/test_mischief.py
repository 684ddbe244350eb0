"""The plan at work, without a network: who may be wronged when, and when it is told."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tapline_gateway.protocol import Fact, Verdict
from tapline_sim import facts
from tapline_sim.counters import Counters
from tapline_sim.duty import Duties
from tapline_sim.flash import Flash
from tapline_sim.mischief import CALM_TAPS, ORDINARY, Mischief, Script
from tapline_sim.physics import Flow
from tapline_sim.plan import Deed, Plan
from tapline_sim.purse import Purse
from tapline_sim.scenario import PlanSpec, Rates
from tapline_sim.store import Store
from tapline_sim.truth import Truth

NEVER = {f"d{code}": 0.0 for code in ("01", "02", "04", "05", "06", "07", "12")}
REGULAR = Purse(no="88001", kind="cpu", balance_fen=5000, atc=4, taps=4, calm=CALM_TAPS)


class Setting:
    """A world in which one deed is always wished for."""

    def __init__(self, store: Store, folder: Path, deed: Deed, *, nozzles: int = 2) -> None:
        rates = Rates(**{**NEVER, deed.lower(): 1.0})
        self.folder = folder
        self.truth = Truth(store, folder)
        self.duties = Duties(store)
        plan = Plan(7, PlanSpec(rates=rates))
        self.mischief = Mischief(plan, self.duties, self.truth, nozzles=nozzles)
        self.flash = Flash(store, "WD-0001")

    def script(self, purse: Purse = REGULAR) -> Script:
        return self.mischief.script(self.flash, "WD-0001", purse, 50, 0.0)

    def pour(self, script: Script, card: str = "88001") -> Fact:
        purse = msgspec.structs.replace(REGULAR, no=card)
        counters = self.flash.counters.counting(charged_fen=50, ml=500)
        fact = facts.debit(
            before=purse,
            after=purse.debited(50),
            amount_fen=50,
            asked_ml=500,
            flow=Flow(6.0, 225, 500),
            counters=counters,
        )
        self.flash.write(fact, counters, parked=script.deed is Deed.WITHHELD)
        self.mischief.happened(script, fact, "WD-0001")
        return fact

    def told(self) -> list[tuple[str, int]]:
        self.truth.flush()
        path = self.folder / "truth.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(line["code"], line["seq"]) for line in map(json.loads, lines)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "state")
    yield store
    store.close()


@pytest.mark.parametrize("deed", [Deed.TORN, Deed.CONFLICT, Deed.WITHHELD])
def test_a_deed_is_told_when_its_sequel_exists_and_not_before(
    store: Store, tmp_path: Path, deed: Deed
) -> None:
    setting = Setting(store, tmp_path, deed)
    setting.pour(setting.script())
    assert setting.told() == []
    assert setting.mischief.waits_for_sequels()
    setting.pour(ORDINARY)
    assert setting.told() == [(deed, 1)]
    assert not setting.mischief.waits_for_sequels()


@pytest.mark.parametrize("deed", [Deed.TORN, Deed.CONFLICT])
def test_a_card_that_is_blocked_owes_no_sequel(store: Store, tmp_path: Path, deed: Deed) -> None:
    setting = Setting(store, tmp_path, deed)
    setting.pour(setting.script())
    setting.mischief.barred("88001")
    assert not setting.mischief.waits_for_sequels()
    assert setting.told() == []


def test_a_spared_card_is_left_in_peace(store: Store, tmp_path: Path) -> None:
    rates = Rates(**{**NEVER, "d01": 1.0})
    plan = Plan(7, PlanSpec(rates=rates, spared=frozenset({"88001"})))
    mischief = Mischief(plan, Duties(store), Truth(store, tmp_path), nozzles=2)
    flash = Flash(store, "WD-0001")
    other = msgspec.structs.replace(REGULAR, no="88002")
    assert mischief.script(flash, "WD-0001", REGULAR, 50, 0.0) == ORDINARY
    assert mischief.script(flash, "WD-0001", other, 50, 0.0).deed is Deed.DRY


@pytest.mark.parametrize("deed", [Deed.TORN, Deed.CONFLICT])
def test_another_card_is_no_sequel(store: Store, tmp_path: Path, deed: Deed) -> None:
    setting = Setting(store, tmp_path, deed)
    setting.pour(setting.script())
    setting.pour(ORDINARY, card="88002")
    assert setting.told() == []


@pytest.mark.parametrize("deed", [Deed.TORN, Deed.CONFLICT, Deed.WITHHELD])
def test_nothing_is_begun_that_could_not_be_shown(store: Store, tmp_path: Path, deed: Deed) -> None:
    setting = Setting(store, tmp_path, deed)
    assert setting.script().deed is deed
    restless = msgspec.structs.replace(REGULAR, calm=CALM_TAPS - 1)
    poor = msgspec.structs.replace(REGULAR, balance_fen=60)
    assert setting.script(restless) == setting.script(poor) == ORDINARY
    assert Setting(store, tmp_path, deed, nozzles=1).script() == ORDINARY
    setting.mischief.stop_sequels()
    assert setting.script() == ORDINARY


def test_two_facts_side_by_side_are_never_both_withheld(store: Store, tmp_path: Path) -> None:
    setting = Setting(store, tmp_path, Deed.WITHHELD)
    setting.pour(setting.script())
    stranger = msgspec.structs.replace(REGULAR, no="88002")
    assert setting.script(stranger) == ORDINARY
    setting.pour(ORDINARY, card="88002")
    assert setting.script(stranger) == ORDINARY  # still a hole: the platform has not asked
    setting.mischief.asked_for("WD-0001", 1)
    assert setting.script(stranger).deed is Deed.WITHHELD


def test_a_withheld_fact_that_is_missed_at_once_was_withheld(store: Store, tmp_path: Path) -> None:
    setting = Setting(store, tmp_path, Deed.WITHHELD)
    setting.pour(setting.script())
    setting.mischief.asked_for("WD-0001", 1)
    assert setting.told() == [("D07", 1)]
    assert len(setting.duties) == 0


def test_what_nobody_could_see_has_not_happened(store: Store, tmp_path: Path) -> None:
    setting = Setting(store, tmp_path, Deed.WITHHELD)
    setting.pour(setting.script())
    setting.mischief.give_up("WD-0001", setting.flash)
    assert [kept.fact.seq for kept in setting.flash.oldest(9)] == [1]
    assert len(setting.duties) == 0
    assert setting.told() == []


def test_a_conflicting_version_follows_the_release_of_the_true_one(
    store: Store, tmp_path: Path
) -> None:
    setting = Setting(store, tmp_path, Deed.CONFLICT)
    true = setting.pour(setting.script())
    assert setting.mischief.copies("WD-0001", setting.flash) == []
    setting.pour(ORDINARY)
    assert setting.mischief.copies("WD-0001", setting.flash) == []
    setting.flash.release(2, set())
    (false,) = setting.mischief.copies("WD-0001", setting.flash)
    assert (false.seq, false.atc) == (true.seq, true.atc)
    assert false.bal_before != true.bal_before
    assert false.bal_after != true.bal_after
    assert not setting.mischief.answered("WD-0001", 1, Verdict.DUP)
    assert setting.mischief.answered("WD-0001", 1, Verdict.QUARANTINED)
    assert len(setting.duties) == 0


def test_a_conflicting_version_whose_answer_was_lost_is_not_sent_for_ever(
    store: Store, tmp_path: Path
) -> None:
    setting = Setting(store, tmp_path, Deed.CONFLICT)
    setting.pour(setting.script())
    setting.pour(ORDINARY)
    setting.flash.release(2, set())
    late = [setting.mischief.answered("WD-0001", 1, Verdict.DUP) for _ in range(5)]
    assert not any(late)  # nothing was sent yet: these answer the true fact
    heard = []
    for _ in range(3):
        assert len(setting.mischief.copies("WD-0001", setting.flash)) == 1
        heard.append(setting.mischief.answered("WD-0001", 1, Verdict.DUP))
    assert heard == [False, False, True]
    assert setting.mischief.copies("WD-0001", setting.flash) == []


def test_an_interrupted_double_charge_was_a_charge_without_water(
    store: Store, tmp_path: Path
) -> None:
    setting = Setting(store, tmp_path, Deed.DOUBLE)
    setting.pour(setting.script())
    again = Setting(store, tmp_path, Deed.DOUBLE)
    again.mischief.recover()
    assert again.told() == [("D01", 1)]
    assert len(again.duties) == 0


def test_what_shall_happen_so_many_times_happens_as_soon_as_it_can_and_no_more(
    store: Store, tmp_path: Path
) -> None:
    never = Rates(**NEVER)
    plan = Plan(7, PlanSpec(rates=never, times=2))
    mischief = Mischief(plan, Duties(store), Truth(store, tmp_path), nozzles=2)
    flash = Flash(store, "WD-0001")
    purse = msgspec.structs.replace(REGULAR, key_hex="00" * 16, earlier=(5050, 3))
    done: Counter[Deed | None] = Counter()
    for seq in range(200):
        flash.counters = Counters(seq=seq)
        done[mischief.script(flash, "WD-0001", purse, 50, 0.0).deed] += 1
    late = done.pop(Deed.LATE, 0)
    del done[None]
    assert late <= 1, "only the first fact of a machine can be of days before"
    assert set(done) == set(plan.agenda()) - {Deed.LATE}
    assert set(done.values()) == {2}
