"""A schematic of a site: buildings, their floors from the top down, machines on them. No map."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends, Query

from tapline.reports import DeviceView, Tone, place_of


class Floor(NamedTuple):
    """A floor with its machines, each under the name of its place."""

    name: str
    spots: Sequence[tuple[str, DeviceView]]


class Block(NamedTuple):
    """A building. `name` is empty where no building is named."""

    name: str
    tones: Mapping[Tone, int]
    floors: Sequence[Floor]


class Wanted(NamedTuple):
    """Which machines are asked for: of a state or all, whose number or place has these words."""

    tone: Tone | None
    q: str

    def has(self, view: DeviceView) -> bool:
        """Whether this is one of them."""
        named = f"{view.device.device_id} {view.device.spot}".casefold()
        fits = self.tone is None or view.condition.tone is self.tone
        return fits and self.q.strip().casefold() in named

    def but(self, tone: Tone | None) -> str:
        """The same words with another state, as a query."""
        given = {"q": self.q, "tone": tone.value if tone else ""}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def query(self) -> str:
        """As it was asked."""
        return self.but(self.tone)


def _wanted(tone: Tone | None = None, q: Annotated[str, Query(max_length=60)] = "") -> Wanted:
    return Wanted(tone, q)


Filter = Annotated[Wanted, Depends(_wanted)]


class Plan(NamedTuple):
    """The buildings with the machines asked for, and how many there are in each state."""

    blocks: Sequence[Block]
    counts: Mapping[Tone, int]
    all: int
    base: str
    """Machines link to `base`/id."""


def lay_out(views: Iterable[DeviceView], wanted: Wanted, *, base: str) -> Plan:
    """Put each machine on its floor, as the place's own words name it."""
    every = list(views)
    buildings: dict[str, list[DeviceView]] = defaultdict(list)
    for view in every:
        if wanted.has(view):
            buildings[place_of(view.device.spot).building].append(view)
    return Plan(
        [_block(name, found) for name, found in sorted(buildings.items(), key=_by_number)],
        _tones(every),
        len(every),
        base,
    )


def _block(name: str, views: Sequence[DeviceView]) -> Block:
    floors: dict[tuple[int, str], list[tuple[str, DeviceView]]] = defaultdict(list)
    for view in views:
        spot = place_of(view.device.spot)
        floors[spot.level, spot.floor].append((spot.place or view.device.device_id, view))
    return Block(
        name,
        _tones(views),
        [Floor(floor, spots) for (_, floor), spots in sorted(floors.items(), reverse=True)],
    )


def _tones(views: Iterable[DeviceView]) -> Mapping[Tone, int]:
    return Counter(view.condition.tone for view in views)


def _by_number(named: tuple[str, object]) -> tuple[int, str]:
    """Building 2 stands before building 10."""
    digits = "".join(sign for sign in named[0] if sign.isdigit())
    return (int(digits) if digits else 0, named[0])
