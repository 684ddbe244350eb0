"""Whether a model may follow another. Pure."""

from collections.abc import Mapping
from typing import Any

MARGIN = 0.02
"""Two models tested on the same trial this close are equally good."""


def worse_in(challenger: Mapping[str, Any], champion: Mapping[str, Any]) -> list[str]:
    """The figures at the alert budget in which the challenger falls behind, in words."""
    found = []
    for figure in ("recall", "precision"):
        mine, theirs = _figure(challenger, figure), _figure(champion, figure)
        if mine < theirs - MARGIN:
            found.append(f"{figure} {mine:.2f} against {theirs:.2f}")
    return found


def _figure(metrics: Mapping[str, Any], figure: str) -> float:
    return float((metrics.get("alerts") or {}).get(figure) or 0.0)
