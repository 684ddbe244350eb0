"""Pours of ordinary days: a few of each week at first, several a day of the last one."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from tapline import people
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.machines import send
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.provision import DEMO

_NEIGHBOURS = (
    ("88010002", "许文", "13811120002"),
    ("88010003", "范青", "13811120003"),
    ("88010004", None, None),
    ("88010005", None, None),
)
_OPENED_FEN = 30_000
_WEEK, _SELDOM = 7, 5
_HOURS = (8, 18)


def scenes(past: Past) -> Iterator[Scene]:
    """Machines are put up, cards handed out; then people drink."""
    yield Scene(at(past.began_on, 7), partial(_begin, past))
    chance = random.Random(5)  # noqa: S311 (who drinks when, no secret)
    day, number = past.began_on + timedelta(days=1), 0
    while day < past.today:
        is_recent = day > past.today - timedelta(days=_WEEK)
        for hour in _HOURS if is_recent else _HOURS[number % 2 :][:1]:
            minute = chance.randrange(60)
            yield Scene(at(day, hour, minute), partial(_drink, past, number, chance))
            number += 1
        day += timedelta(days=1 if is_recent else _SELDOM)


def _begin(past: Past, uow: UnitOfWork) -> None:
    send(uow, [machine.hello() for machine in past.machines], past.vault)
    past.issue(uow, "88010001", _OPENED_FEN, past.visitor)
    for card_no, name, phone in _NEIGHBOURS:
        holder = None
        if name is not None and phone is not None:
            holder = people.create_customer(uow, tenant_id=DEMO, phone=phone, name=name)
        past.issue(uow, card_no, _OPENED_FEN, holder)


def _drink(past: Past, number: int, chance: random.Random, uow: UnitOfWork) -> None:
    """Some of the machines, each with another customer."""
    letters = []
    for place, machine in enumerate(past.machines):
        if chance.random() < 0.8:
            purse = past.purses[(number + place) % len(past.purses)]
            machine.tap(uow, purse)
            machine.pour(purse, chance.choice((50, 100, 150, 200)))
            letters += machine.letters()
    send(uow, letters, past.vault)
