"""Checklists, labels and routes, as values."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import ConflictError, InvalidError
from tapline.rounds.plans.rules import USUAL, AnswerKind, Item, check, flaws, read_answers
from tapline.rounds.routes.rules import Stop, moved, ordered
from tapline.rounds.visits.rules import check_label, device_named, next_due

NOON = datetime(2026, 6, 22, 4, tzinfo=UTC)
TDS = Item("TDS", AnswerKind.NUMBER, least=1, most=50)


def stop(key: str, site: str = "A", x: int = 0, *, clock: datetime | None = None) -> Stop:
    return Stop(key=key, spot=key, site=site, at=(x, 0), clock=clock)


def keys(stops: list[Stop]) -> list[str]:
    return [one.key for one in stops]


@pytest.mark.req("U37")
def test_who_has_an_appointment_comes_first_and_then_whatever_is_nearest() -> None:
    stops = [
        stop("far", "F", 900),
        stop("near", "N", 480),
        stop("later", "L", 700, clock=NOON + timedelta(hours=3)),
        stop("soon", "S", 500, clock=NOON),
        stop("next-door", "L", 700),
    ]

    assert keys(ordered(stops, {})) == ["soon", "later", "next-door", "far", "near"]


def test_an_order_by_hand_stands_and_what_is_new_goes_where_its_clock_says() -> None:
    stops = [stop("a"), stop("b"), stop("new"), stop("urgent", clock=NOON)]

    assert keys(ordered(stops, {"b": 0, "a": 1})) == ["urgent", "b", "a", "new"]


@given(st.permutations(["a", "b", "c", "d"]), st.integers(-1, 1))
def test_a_stop_that_is_moved_loses_none_and_moves_by_one(order: list[str], by: int) -> None:
    after = moved(order, "b", by)

    assert sorted(after) == sorted(order)
    assert after.index("b") == min(max(order.index("b") + by, 0), 3)
    assert moved(order, "gone", by) == list(order)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 1000), st.booleans()), max_size=9))
def test_every_stop_is_on_the_route_once_whatever_the_order_they_came_in(
    places: list[tuple[str, int, bool]],
) -> None:
    stops = [
        stop(str(at), site, x, clock=NOON if timed else None)
        for at, (site, x, timed) in enumerate(places)
    ]

    route = keys(ordered(stops, {}))

    assert sorted(route) == sorted(keys(stops))
    assert route == keys(ordered(stops[::-1], {}))


@pytest.mark.req("U38")
@pytest.mark.parametrize(
    "code",
    ["WD-7", " wd-7 ", "https://w.example/portal/prove/WD-7", "http://w/portal/prove/WD-7/?a=1"],
)
def test_a_label_names_its_machine_typed_or_read(code: str) -> None:
    assert device_named(code) == "WD-7"
    check_label(code, "WD-7")


def test_another_label_says_which_machine_it_is_on() -> None:
    with pytest.raises(ConflictError, match="this is WD-8; the visit is at WD-7"):
        check_label("https://w/portal/prove/WD-8", "WD-7")


@pytest.mark.req("U38")
def test_a_no_and_a_number_outside_its_limits_are_flaws() -> None:
    items = [Item("dry"), TDS, TDS, TDS]

    assert flaws(items, read_answers(items, ["no", "50", "50.1", "0,5"])) == [0, 2, 3]


@pytest.mark.parametrize("given_", [["maybe", "1"], ["yes", ""], ["yes", "nan"], ["yes"]])
def test_what_is_not_answered_is_asked_again(given_: list[str]) -> None:
    with pytest.raises(InvalidError):
        read_answers([Item("dry"), TDS], given_)


def test_the_usual_checklists_can_be_filled_in() -> None:
    for items in USUAL.values():
        check(items)
    with pytest.raises(InvalidError, match="least is above"):
        check([Item("x", AnswerKind.NUMBER, least=2, most=1)])


def test_the_next_visit_is_counted_from_the_last_one() -> None:
    first = date(2026, 6, 1)

    assert next_due(first, None, 7) == first
    assert next_due(first, date(2026, 6, 10), 7) == date(2026, 6, 17)
