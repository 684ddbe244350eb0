"""A pour is held against the tariff that it names."""

import pytest

from tapline.devices.tariffs import Tariff
from tapline.devices.tariffs.rules import check
from tapline.errors import InvalidError
from tapline.policy import Policy
from tapline.reconciliation.prices import overcharge_fen
from tests.unit.reconciliation.stories import pour

LITRE = Tariff(version=3, fen_per_litre=67)
CUPS = Tariff(version=4, steps=[(300, 30), (500, 45), (1500, 100)])


@pytest.mark.parametrize(
    ("tariff", "ml", "price_fen"),
    [
        (LITRE, 1500, 101),
        (LITRE, 1, 1),
        (LITRE, 0, 0),
        (CUPS, 1, 30),
        (CUPS, 300, 30),
        (CUPS, 301, 45),
        (CUPS, 1500, 100),
        (CUPS, 3000, 200),
    ],
)
def test_water_costs_what_its_tariff_says(tariff: Tariff, ml: int, price_fen: int) -> None:
    assert tariff.price_fen(ml) == price_fen


@pytest.mark.parametrize(
    ("changes", "over_fen"),
    [
        ({}, 0),
        ({"amt_fen": 102}, 0),  # 101 is asked: machines may round
        ({"amt_fen": 150}, 49),
        ({"amt_fen": 60}, -41),
        ({"amt_fen": 150, "ml": 750}, 99),  # 51 is what the half that came costs
        ({"amt_fen": 101, "ml": 750}, 0),  # short, not dear: that is another rule's
        ({"amt_fen": 150, "ml": 1400}, 49),
        ({"amt_fen": 150, "ml_req": None}, 49),
    ],
)
def test_what_was_charged_beyond_it_is_told_apart_from_water_that_did_not_come(
    changes: dict[str, int], over_fen: int
) -> None:
    fact = pour(1, 1, 5000, **{"amt_fen": 100} | changes)

    assert overcharge_fen(fact, LITRE, Policy()) == over_fen


def test_a_tariff_that_we_do_not_know_accuses_nobody() -> None:
    assert overcharge_fen(pour(1, 1, 5000, amt_fen=900), None, Policy()) == 0


@pytest.mark.parametrize(
    ("tariff", "complaint"),
    [
        (Tariff(version=0, fen_per_litre=67), "1 or more"),
        (Tariff(version=1), "by the litre or by the cup"),
        (Tariff(version=1, fen_per_litre=67, steps=[(300, 30)]), "by the litre or by the cup"),
        (Tariff(version=1, fen_per_litre=-5), "0.01 to 1000"),
        (Tariff(version=1, fen_per_litre=10**9), "0.01 to 1000"),
        (Tariff(version=1, steps=[(500, 45), (300, 30)]), "ascend"),
        (Tariff(version=1, steps=[(0, 45)]), "1 ml or more"),
    ],
)
def test_what_is_no_tariff_is_refused(tariff: Tariff, complaint: str) -> None:
    with pytest.raises(InvalidError, match=complaint):
        check(tariff)
