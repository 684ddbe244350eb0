"""How a machine's settings are composed, and how what it reports differs from them. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from tapline.devices.configuration.model import Level
from tapline.devices.tariffs import Tariff
from tapline.errors import InvalidError

TARIFF = "tariff"
"""The setting whose value is a tariff's version; machines are sent the tariff itself."""


class Bounds(NamedTuple):
    """The least and the most that a setting can be; the unit stands last in its name."""

    least: int
    most: int


SETTINGS: Mapping[str, Bounds] = {
    TARIFF: Bounds(1, 2**31 - 1),
    "pour_ml_max": Bounds(500, 20_000),
    "idle_s": Bounds(3, 60),
    "brightness_percent": Bounds(0, 100),
    "tele_s": Bounds(10, 3600),
    "tot_s": Bounds(60, 86_400),
}
"""In the order of the pages."""

Values = Mapping[tuple[Level, str], Mapping[str, int]]
"""(level, key) -> name -> what was set last."""


class Chosen(NamedTuple):
    """A value, and the level that it comes from."""

    value: int
    level: Level


class FieldState(StrEnum):
    IN_FORCE = "in_force"
    WAITING = "waiting"
    """The machine has not reported this version yet."""
    DIFFERS = "differs"
    """It reported the version, and another value."""
    NOT_TAKEN = "not_taken"
    """It reported the version without this setting: its firmware does not know it, or cannot."""


class Field(NamedTuple):
    """One setting: what is wanted, what the machine says."""

    name: str
    desired: Any
    reported: Any
    state: FieldState
    level: Level | None


def check(name: str, value: int) -> None:
    """Refuse what no machine could be set to.

    Raises:
        InvalidError: no such setting, or out of bounds.
    """
    bounds = SETTINGS.get(name)
    if bounds is None:
        raise InvalidError(f"no setting {name!r}; known: {', '.join(SETTINGS)}")
    if not bounds.least <= value <= bounds.most:
        raise InvalidError(f"{name} is {bounds.least} to {bounds.most}, not {value}")


def chosen(values: Values, keys: Mapping[Level, str | None]) -> dict[str, Chosen]:
    """What holds for one machine; `keys` are its model, its site and itself."""
    found: dict[str, Chosen] = {}
    for level in Level:
        key = keys.get(level)
        if key is not None:
            own = values.get((level, key), {})
            found |= {name: Chosen(value, level) for name, value in own.items()}
    return found


def document(settings: Mapping[str, Chosen], tariffs: Mapping[int, Tariff]) -> dict[str, Any]:
    """What goes on the wire: the settings, with the prices of the tariff in place of its number."""
    doc: dict[str, Any] = {name: one.value for name, one in settings.items() if name != TARIFF}
    told = settings.get(TARIFF)
    if told is not None and told.value in tariffs:
        doc[TARIFF] = _prices(tariffs[told.value])
    return doc


def _prices(tariff: Tariff) -> dict[str, Any]:
    if tariff.fen_per_litre is not None:
        return {"ver": tariff.version, "fen_per_litre": tariff.fen_per_litre}
    return {"ver": tariff.version, "cups": [list(step) for step in tariff.steps]}


def compared(
    desired: Mapping[str, Any], reported: Mapping[str, Any] | None, *, is_current: bool
) -> list[tuple[str, Any, Any, FieldState]]:
    """Every wanted setting beside what the machine says; `is_current`: of this version."""
    said = reported or {}
    return [
        (name, desired[name], said.get(name), _state(desired[name], name, said, is_current))
        for name in sorted(desired, key=list(SETTINGS).index)
    ]


def _state(wanted: Any, name: str, said: Mapping[str, Any], is_current: bool) -> FieldState:
    if name in said and said[name] == wanted:
        return FieldState.IN_FORCE
    if not is_current:
        return FieldState.WAITING
    return FieldState.DIFFERS if name in said else FieldState.NOT_TAKEN


def worst(states: Sequence[FieldState]) -> FieldState:
    """What a machine's settings are as a whole."""
    for state in (FieldState.WAITING, FieldState.DIFFERS, FieldState.NOT_TAKEN):
        if state in states:
            return state
    return FieldState.IN_FORCE
