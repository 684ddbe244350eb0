"""What is left of money in between, when some of it went out."""

from datetime import timedelta

from tapline.reports.clearing.rules import Actor, Item, Kind, netted, unsettled
from tests import factories


def item(day: int, amount_fen: int, *, kind: Kind = Kind.BILL, matter: str = "") -> Item:
    return Item(
        subject=f"day {day}",
        why="bill_agreed",
        actor=Actor.FINANCE,
        since=factories.START + timedelta(days=day),
        amount_fen=amount_fen,
        kind=kind,
        ref="",
        matter=matter or f"day {day}",
    )


def left(items: list[Item]) -> dict[str, int]:
    return {one.subject: one.amount_fen for one in items}


def test_what_goes_out_settles_the_oldest_days_first() -> None:
    days = [item(1, 100), item(2, 50), item(3, 70)]
    assert left(unsettled(days, 120)) == {"day 2": 30, "day 3": 70}
    assert left(unsettled(days, 220)) == {}


def test_more_out_than_in_stands_on_the_last_day_and_so_does_what_came_in_by_hand() -> None:
    days = [item(1, 100), item(2, 50)]
    assert left(unsettled(days, 160)) == {"day 2": -10}
    assert left(unsettled(days, -30)) == {"day 1": 100, "day 2": 80}


def test_what_was_moved_by_hand_about_a_matter_takes_off_what_that_matter_holds() -> None:
    held = [
        item(1, 100, matter="refund:1"),
        item(2, 40, matter="refund:2"),
        item(3, -100, kind=Kind.ADJUSTMENT, matter="refund:1"),
        item(4, -15, kind=Kind.ADJUSTMENT, matter="refund:2"),
        item(5, 7, kind=Kind.ADJUSTMENT, matter="adjustment:9"),
    ]
    assert left(netted(held)) == {"day 2": 25, "day 5": 7}
