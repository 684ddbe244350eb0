"""A schematic of a site: buildings as blocks, machines in them. No map."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tapline.reports import DeviceView, SiteView

_WIDTH = 300
_HEAD = 42
_ROW = 46
_COLUMN = 142
_MARGIN = 14
_BUILDING = re.compile(r"^(.*?(?:号楼|栋|楼|座|馆|区|Building \w+|Block \w+))\s*(.*)$")


class Spot(NamedTuple):
    """A machine at its place in a block, in units of the drawing."""

    view: DeviceView
    name: str
    x: int
    y: int


class Block(NamedTuple):
    """A building: a drawing of its own, so that buildings flow to the width of the screen."""

    name: str
    width: int
    height: int
    spots: Sequence[Spot]


class Plan(NamedTuple):
    """The buildings of a site; machines link to `base`/id."""

    blocks: Sequence[Block]
    base: str


def lay_out(view: SiteView, *, base: str) -> Plan:
    """Put every machine of a site into its building, as the place's own words name it."""
    buildings: dict[str, list[tuple[str, DeviceView]]] = defaultdict(list)
    for each in view.devices:
        building, spot = _split(each.device.spot)
        buildings[building].append((spot or each.device.device_id, each))
    return Plan([_block(name, spots) for name, spots in sorted(buildings.items())], base)


def _split(spot: str) -> tuple[str, str]:
    found = _BUILDING.match(spot)
    return (found[1].strip(), found[2].strip()) if found else (spot or "—", "")


def _block(name: str, spots: Sequence[tuple[str, DeviceView]]) -> Block:
    """Two machines a row under the building's name."""
    placed = [
        Spot(each, text, _MARGIN + at % 2 * _COLUMN, _HEAD + at // 2 * _ROW)
        for at, (text, each) in enumerate(spots)
    ]
    return Block(name, _WIDTH, _HEAD + -(-len(spots) // 2) * _ROW + 4, placed)
