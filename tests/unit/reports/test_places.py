"""Where a machine stands, as people wrote it down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.reports import place_of


@pytest.mark.parametrize(
    ("words", "building", "level", "place"),
    [
        ("1 号楼 一层大厅", "1 号楼", 1, "大厅"),
        ("12 号楼 十二层茶水间", "12 号楼", 12, "茶水间"),
        ("A座 3F 东侧", "A座", 3, "东侧"),
        ("3 号楼 1 层", "3 号楼", 1, ""),
        ("图书馆 地下一层", "图书馆", -1, ""),
        ("门口", "", 0, "门口"),
        ("", "", 0, ""),
    ],
)
def test_building_floor_and_place_are_told_apart(
    words: str, building: str, level: int, place: str
) -> None:
    spot = place_of(words)

    assert (spot.building, spot.level, spot.place) == (building, level, place)


@given(st.text(alphabet="1二三十号楼层F地下负 大厅A座", max_size=20))
def test_nothing_that_somebody_wrote_is_lost(words: str) -> None:
    spot = place_of(words)
    together = f"{spot.building}{spot.floor}{spot.place}".replace(" ", "")

    assert together == words.replace(" ", "")
