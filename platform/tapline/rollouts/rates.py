"""Whether updated machines err more than others: an exact test of two Poisson rates. Pure.

With `k1` findings on `n1` pours here and `k0` on `n0` there, and equal rates, `k1` of the `k1 + k0`
fall here like throws of a coin with `p = n1 / (n1 + n0)`. What is tested is how likely so many or
more are by chance.

Source: Przyborowski and Wilenski, Homogeneity of results in testing samples from Poisson series,
Biometrika 31 (1940), 313-323.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GROUPS = ("updated", "others", "past")
CODES = ("D01", "D20")
"""What bad firmware does first: no water for money, wrong times."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Pours, and the findings among them by code."""

    pours: int = 0
    findings: Mapping[str, int] = field(default_factory=dict)

    def of(self, code: str) -> int:
        """How many findings of a code."""
        return self.findings.get(code, 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One code held against one other group; `chance` is null where there is nothing to compare."""

    code: str
    against: str
    """`others`, machines not updated at the same time; `past`, the same machines before."""
    here: tuple[int, int]
    """Findings and pours of the updated machines."""
    there: tuple[int, int]
    chance: float | None

    @property
    def document(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "against": self.against,
            "here": list(self.here),
            "there": list(self.there),
            "chance_ppm": None if self.chance is None else round(self.chance * 1e6),
        }


def chance(here: tuple[int, int], there: tuple[int, int]) -> float | None:
    """How likely so many findings here are where both rates are one; pairs are findings and pours.

    None where one side has no pours.
    """
    (k1, n1), (k0, n0) = here, there
    if n1 == 0 or n0 == 0:
        return None
    total, log_p, log_q = k1 + k0, math.log(n1 / (n1 + n0)), math.log(n0 / (n1 + n0))
    terms = (
        math.lgamma(total + 1)
        - math.lgamma(k + 1)
        - math.lgamma(total - k + 1)
        + k * log_p
        + (total - k) * log_q
        for k in range(k1, total + 1)
    )
    return min(1.0, math.fsum(map(math.exp, terms)))


def compared(updated: Tally, others: Tally, past: Tally) -> list[Comparison]:
    """The updated machines held against both groups, code by code."""
    return [
        Comparison(
            code,
            against,
            (updated.of(code), updated.pours),
            (group.of(code), group.pours),
            chance((updated.of(code), updated.pours), (group.of(code), group.pours)),
        )
        for code in CODES
        for against, group in (("others", others), ("past", past))
    ]


def worse(
    comparisons: list[Comparison], *, findings_min: int, pours_min: int, at_most_ppm: int
) -> str | None:
    """The code of which the updated machines have too much, if there is one.

    They must be worse than each group that has poured enough to say anything: what goes wrong
    everywhere at once is no firmware, and neither is a machine that always did.
    """
    for code in CODES:
        telling = [
            one
            for one in comparisons
            if one.code == code and one.chance is not None and one.there[1] >= pours_min
        ]
        found = next(one.here[0] for one in comparisons if one.code == code)
        if (
            found >= findings_min
            and telling
            and all(one.chance is not None and one.chance * 1e6 < at_most_ppm for one in telling)
        ):
            return code
    return None
