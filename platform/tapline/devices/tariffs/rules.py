"""What an amount of water costs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tapline.errors import InvalidError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One version: a price by the litre, or cups as (ml, fen), ascending."""

    version: int
    fen_per_litre: int | None = None
    steps: Sequence[tuple[int, int]] = ()

    def price_fen(self, ml: int) -> int:
        """What so much water costs; part of a fen counts whole.

        By cups it is the price of the smallest that holds it, beyond the largest in proportion.
        """
        if self.fen_per_litre is not None:
            return -(-ml * self.fen_per_litre // 1000)
        if ml <= 0:
            return 0
        holding = next((fen for size_ml, fen in self.steps if ml <= size_ml), None)
        if holding is not None:
            return holding
        largest_ml, fen = self.steps[-1]
        return -(-ml * fen // largest_ml)


def check(tariff: Tariff) -> None:
    """Refuse what is no tariff, and say what would be.

    Raises:
        InvalidError: neither or both kinds of price, nothing to pay, or cups that do not ascend.
    """
    if tariff.version < 1:
        raise InvalidError(f"a tariff's version is 1 or more, not {tariff.version}")
    if (tariff.fen_per_litre is None) == (not tariff.steps):
        raise InvalidError("a tariff has a price by the litre or by the cup: give one of them")
    prices = [tariff.fen_per_litre] if tariff.fen_per_litre is not None else []
    prices += [fen for _, fen in tariff.steps]
    if not all(1 <= price <= 100_000 for price in prices):
        raise InvalidError("a price is 0.01 to 1000 yuan")
    for (small_ml, less), (large_ml, more) in zip(tariff.steps, tariff.steps[1:], strict=False):
        if large_ml <= small_ml or more < less:
            raise InvalidError("cups ascend: a larger one after a smaller one, and no cheaper")
    if tariff.steps and tariff.steps[0][0] < 1:
        raise InvalidError("a cup holds 1 ml or more")
