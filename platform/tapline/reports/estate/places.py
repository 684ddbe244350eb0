"""Where a machine stands, read out of the words of the people there. Pure.

"1 号楼 三层茶水间" is building 1, third floor, the tea room. Whatever cannot be told apart stays
together: nothing that somebody wrote is lost.
"""

import re
from typing import Final, NamedTuple

_BUILDING: Final = re.compile(
    r"^(.*?(?:号楼|栋|幢|教学楼|宿舍楼|食堂|座|馆|Building \w+|Block \w+|Hall))\s*(.*)$"
)
_FLOOR: Final = re.compile(
    r"^(?:(?P<under>地下|负|B)\s*)?(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2})\s*(?P<word>层|楼|F)\s*"
)
_GROUND: Final = re.compile(r"^(?P<word>Ground floor|大厅|门厅)\s*")
_DIGITS: Final = {digit: at for at, digit in enumerate("一二三四五六七八九", 1)}


class Spot(NamedTuple):
    """A place in three steps; what was not said is empty. `level` orders floors, 0 is unknown."""

    building: str
    floor: str
    level: int
    place: str


def read(words: str) -> Spot:
    """The place that somebody wrote down."""
    building, rest = "", words.strip()
    if found := _BUILDING.match(rest):
        building, rest = found[1].strip(), found[2].strip()
    if found := _FLOOR.match(rest):
        level = _number(found["number"]) * (-1 if found["under"] else 1)
        return Spot(building, found[0].strip(), level, rest[found.end() :].strip())
    if found := _GROUND.match(rest):
        return Spot(building, "", 1, rest)
    return Spot(building, "", 0, rest)


def _number(text: str) -> int:
    """1 to 99, in digits or in Chinese."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS[text[-1]]
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
