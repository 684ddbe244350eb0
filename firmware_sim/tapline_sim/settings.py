"""The settings in a dispenser's memory: what the platform wanted, as far as this model can."""

from typing import Any

import msgspec
from msgspec import Struct

from tapline_gateway.protocol import ConfigDesired
from tapline_sim.scenario import Tariff

_BOUNDS = {
    "tele_s": (1, 3600),
    "tot_s": (1, 86_400),
    "idle_s": (1, 60),
    "pour_ml_max": (100, 20_000),
    "brightness_percent": (0, 100),
}
"""What this model can be told, and within which limits it obeys."""


class HeldSettings(Struct, frozen=True, kw_only=True):
    """One version of the settings, those alone that are in force."""

    ver: int = 0
    doc: dict[str, Any] = {}

    def changed(self, desired: ConfigDesired) -> "HeldSettings":
        """The settings after the platform's word; these where it is a copy of an old one.

        What the model does not know, or cannot, it leaves out, and thereby says so.
        """
        if desired.ver <= self.ver:
            return self
        doc = {name: value for name, value in desired.doc.items() if _obeys(name, value)}
        return HeldSettings(ver=desired.ver, doc=doc)

    def every_s(self, name: str, otherwise: float) -> float:
        """A period of the settings in seconds."""
        return float(self.doc.get(name, otherwise))

    def tariff(self, built_in: Tariff) -> Tariff:
        """What water costs here: as told, else as built in."""
        told = self.doc.get("tariff")
        if told is None:
            return built_in
        return msgspec.structs.replace(
            built_in, version=told["ver"], fen_per_litre=told["fen_per_litre"]
        )


def _obeys(name: str, value: Any) -> bool:
    if name == "tariff":
        return _is_by_the_litre(value)
    least, most = _BOUNDS.get(name, (1, 0))
    return type(value) is int and least <= value <= most


def _is_by_the_litre(value: Any) -> bool:
    """Cups need buttons, which this model lacks."""
    match value:
        case {"ver": ver, "fen_per_litre": fen} if type(ver) is type(fen) is int:
            return ver > 0 and fen > 0
        case _:
            return False
