"""When automatic money stops: enough of it, and too great a share; or very much at once."""

from datetime import timedelta
from uuid import UUID

import pytest

from tapline.policy import Policy
from tapline.reconciliation.breakers.model import Scope
from tapline.reconciliation.breakers.rules import HOUR, Cohort, Figures, cohorts, trips

DAY = timedelta(days=1)
SITE = UUID(int=7)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (Figures(DAY, corrections=19, fen=1900, pours=19), False),
        (Figures(DAY, corrections=20, fen=2000, pours=20), True),
        (Figures(DAY, corrections=20, fen=2000, pours=399), True),
        (Figures(DAY, corrections=20, fen=2000, pours=400), False),
        (Figures(HOUR, corrections=17, fen=50_001, pours=9000), True),
        (Figures(DAY, corrections=17, fen=50_001, pours=9000), False),
    ],
)
def test_what_stops_automatic_money(figures: Figures, expected: bool) -> None:
    assert trips(Policy(), figures) is expected


def test_a_pour_stands_with_its_firmware_and_with_its_site() -> None:
    assert cohorts("RO-50 2.4.1", SITE) == [
        Cohort(Scope.MODEL, "RO-50 2.4.1"),
        Cohort(Scope.SITE, str(SITE)),
    ]
    assert cohorts(None, None) == [], "what never said what it is stands alone"
