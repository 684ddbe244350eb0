"""The approved parts of machines, and what each costs."""

from collections.abc import Mapping
from typing import Final

PARTS: Final[Mapping[str, int]] = {
    "prefilter": 4500,
    "carbon": 6000,
    "membrane": 28_000,
    "postfilter": 5500,
    "pump": 32_000,
    "valve": 9500,
    "uv_lamp": 12_000,
    "flow_meter": 8800,
}
"""Price in fen by the name that work orders keep, in the order in which water meets them."""


def cost_fen(built_in: Mapping[str, int]) -> int:
    """What parts come to, `built_in` being how many of which; an unknown one costs nothing here."""
    return sum(PARTS.get(name, 0) * count for name, count in built_in.items())
