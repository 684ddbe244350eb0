import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapline_sim.store import Store, StoreError
from tapline_sim.truth import Truth, due_fen


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "state")
    yield store
    store.close()


def cards_told(folder: Path) -> list[str]:
    text = (folder / "truth.jsonl").read_text()
    return [json.loads(line)["card"] for line in text.splitlines()]


@pytest.mark.parametrize(
    ("ml", "due"),
    [(0, 0), (49, 0), (50, 10), (250, 50), (449, 89), (450, 100), (500, 100), (510, 100)],
)
def test_a_pour_is_worth_its_water(ml: int, due: int) -> None:
    assert due_fen(100, ml=ml, asked_ml=500) == due


def test_what_was_not_taken_is_not_earned() -> None:
    assert due_fen(0, ml=500, asked_ml=500) == 0


def test_a_tail_left_by_a_killed_process_is_replaced_not_repeated(
    store: Store, tmp_path: Path
) -> None:
    truth = Truth(store, tmp_path)
    truth.card("88001", "cpu", 100)
    truth.flush()
    with (tmp_path / "truth.jsonl").open("a") as file:
        file.write('{"t":"card","card":"88002","ki')  # killed while writing, before its mark
    truth.card("88002", "cpu", 100)
    truth.card("88003", "cpu", 100)
    truth.flush()
    truth.flush()
    assert cards_told(tmp_path) == ["88001", "88002", "88003"]


def test_lines_told_but_not_moved_survive_the_process(store: Store, tmp_path: Path) -> None:
    Truth(store, tmp_path / "truth").card("88001", "cpu", 100)
    store.close()
    again = Store(tmp_path / "state")
    Truth(again, tmp_path / "truth").flush()
    again.close()
    assert cards_told(tmp_path / "truth") == ["88001"]


def test_a_file_that_somebody_shortened_is_not_continued(store: Store, tmp_path: Path) -> None:
    truth = Truth(store, tmp_path)
    truth.card("88001", "cpu", 100)
    truth.flush()
    (tmp_path / "truth.jsonl").write_text("")
    truth.card("88002", "cpu", 100)
    with pytest.raises(StoreError, match="is not the file of this state folder"):
        truth.flush()


def test_without_a_folder_only_the_counts_are_kept(store: Store) -> None:
    truth = Truth(store, None)
    truth.inject("D01", "WD-0001", 3, "88001")
    truth.inject("D01", "WD-0001", 4, "88001")
    truth.flush()
    assert truth.injected() == {"D01": 2}


def test_a_state_folder_belongs_to_one_fleet(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="another fleet runs"):
        Store(tmp_path / "state")
