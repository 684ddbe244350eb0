"""Who is sent, and what he may report."""

from uuid import UUID

import pytest

from tapline.errors import InvalidError
from tapline.people import Role, Staff
from tapline.tickets import Outcome, Source
from tapline.tickets.work_orders.rules import check_report, chosen


def technician(at: int, login: str, **skills: int) -> Staff:
    return Staff(staff_id=UUID(int=at), login=login, role=Role.TECHNICIAN, skills=dict(skills))


CHEN = technician(1, "chen", **{"site:HZ-01": 3})
WU = technician(2, "wu")
ZHOU = technician(3, "zhou")


def sent(
    site: str | None = None,
    busy: dict[UUID, int] | None = None,
    visits: dict[UUID, int] | None = None,
    visits_max: int = 3,
) -> Staff | None:
    return chosen(
        [ZHOU, WU, CHEN],
        site_code=site,
        open_counts=busy or {},
        visit_counts=visits or {},
        visits_max=visits_max,
    )


def test_who_answers_for_the_site_goes_even_if_he_has_more_to_do() -> None:
    assert sent("HZ-01", busy={CHEN.staff_id: 2}) is CHEN


def test_else_who_has_least_to_do_goes() -> None:
    assert sent("HZ-09", busy={CHEN.staff_id: 2, WU.staff_id: 1}) is ZHOU


def test_with_nothing_between_them_it_is_always_the_same_one() -> None:
    assert sent() is CHEN


def test_nobody_makes_more_visits_a_day_than_he_believes_in() -> None:
    assert sent("HZ-01", visits={CHEN.staff_id: 3}) is WU
    assert sent(visits={one.staff_id: 3 for one in (CHEN, WU, ZHOU)}) is None
    assert sent(visits_max=0) is None


@pytest.mark.parametrize(
    ("source", "outcome", "on_site", "parts", "wrong"),
    [
        (Source.PREDICTION, Outcome.FIXED, True, {}, "choose one of confirmed_part"),
        (Source.PORTAL, Outcome.CONFIRMED_PART, True, {}, "choose one of fixed"),
        (Source.PORTAL, Outcome.FIXED, False, {}, "on site"),
        (Source.PORTAL, Outcome.FIXED, True, {"prefilter": 0}, "how many"),
        (Source.PORTAL, Outcome.FIXED, True, {" ": 1}, "name each part"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_what_to_do(
    source: Source, outcome: Outcome, on_site: bool, parts: dict[str, int], wrong: str
) -> None:
    with pytest.raises(InvalidError, match=wrong):
        check_report(source, outcome, on_site=on_site, parts=parts)


def test_that_nobody_went_can_be_said_from_anywhere() -> None:
    check_report(Source.PREDICTION, Outcome.NOT_VISITED, on_site=False, parts={})
