"""Whether updated machines err more than others is told by an exact bound."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.rollouts import rings
from tapline.rollouts.rates import Tally, chance, compared, worse

LIMITS = {"findings_min": 3, "pours_min": 50, "at_most_ppm": 1000}


def test_the_chance_is_that_of_a_coin_thrown_so_often() -> None:
    """Two Poisson rates, given their sum, are a binomial: 3 of 3 where a tenth is expected."""
    assert chance((3, 10), (0, 90)) == pytest.approx(0.001)
    assert chance((0, 10), (5, 90)) == pytest.approx(1)
    # P(X >= 2), X ~ Bin(5, 1/2): (10 + 10 + 5 + 1) / 32
    assert chance((2, 50), (3, 50)) == pytest.approx(26 / 32)


@given(
    k1=st.integers(0, 60), k0=st.integers(0, 60), n1=st.integers(1, 10**6), n0=st.integers(1, 10**6)
)
def test_it_is_the_binomial_tail_and_falls_with_each_finding(
    k1: int, k0: int, n1: int, n0: int
) -> None:
    share, total = n1 / (n1 + n0), k1 + k0
    tail = math.fsum(
        math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(k1, total + 1)
    )
    found = chance((k1, n1), (k0, n0))
    assert found is not None
    assert found == pytest.approx(tail, rel=1e-6, abs=1e-12)
    more = chance((k1 + 1, n1), (k0, n0))
    assert more is not None
    assert more <= found + 1e-12


def verdict(updated: tuple[int, int], others: tuple[int, int], past: tuple[int, int]) -> str | None:
    here, there, before = (
        Tally(pours, {"D01": findings}) for findings, pours in (updated, others, past)
    )
    return worse(compared(here, there, before), **LIMITS)


def test_who_errs_more_than_others_and_than_before_is_stopped() -> None:
    assert verdict((6, 60), (5, 1000), (1, 200)) == "D01"


def test_one_group_that_erred_as_much_excuses() -> None:
    assert verdict((6, 60), (100, 1000), (1, 200)) is None
    assert verdict((6, 60), (5, 1000), (20, 200)) is None


def test_a_group_that_poured_too_little_neither_accuses_nor_excuses() -> None:
    assert verdict((6, 60), (5, 1000), (0, 0)) == "D01"
    assert verdict((6, 60), (5, 1000), (2, 4)) == "D01"
    assert verdict((6, 60), (0, 0), (0, 0)) is None
    assert verdict((2, 2), (0, 100_000), (0, 1000)) is None, "two findings are no firmware"


def test_an_image_that_changes_nothing_is_hardly_ever_stopped() -> None:
    """Forty looks at each of a hundred rollouts, all at one finding in a hundred pours."""
    dice = random.Random(7)
    stopped = 0
    for _ in range(100):
        here = there = before = 0
        before = sum(dice.random() < 0.01 for _ in range(500))
        for look in range(1, 41):
            here += sum(dice.random() < 0.01 for _ in range(5))
            there += sum(dice.random() < 0.01 for _ in range(50))
            if verdict((here, 5 * look), (there, 50 * look), (before, 500)):
                stopped += 1
                break
    assert stopped <= 1


def test_rings_are_a_twentieth_a_quarter_half_and_all_and_the_same_each_time() -> None:
    names = [f"WD-{n:04d}" for n in range(200)]
    cut = rings.cut("RO-50", names)
    counts = [sum(ring <= upto for ring in cut.values()) for upto in range(4)]
    assert counts == [10, 50, 100, 200]
    assert cut == rings.cut("RO-50", names[::-1])
    assert {name for name, ring in cut.items() if ring == 0} != {
        name for name, ring in rings.cut("UF-20", names).items() if ring == 0
    }
    assert rings.cut("RO-50", ["one"]) == {"one": 0}
