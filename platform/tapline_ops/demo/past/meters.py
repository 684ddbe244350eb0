"""The property's own meters for power and water, read by its manager when a month ends."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from tapline import partners, people, reports
from tapline.partners import Supply
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at
from tapline_ops.demo.past.upkeep import photo
from tapline_ops.provision import DEMO

_SHOWN: Final = {
    Supply.ELECTRICITY: (1_204_300, 1_381_600),
    Supply.WATER: (86_200, 101_750),
}
"""Watt-hours and litres, on the first and the last day of the month before."""


def scenes(past: Past) -> Iterator[Scene]:
    """Both meters of the manager's first site, twice; then the days before are rolled up."""
    last = past.today.replace(day=1) - timedelta(days=1)
    for count, day in enumerate((past.began_on, last)):
        yield Scene(at(day, 17), partial(_read, past, day, count))
    yield Scene(past.ago(0, 0, 2), _roll_up)


def _read(past: Past, day: date, count: int, uow: UnitOfWork) -> None:
    manager = past.people["wuye"]
    for supply, shown in _SHOWN.items():
        partners.write_meter_down(
            uow,
            scope=people.scope_of(uow, member=manager),
            site_id=past.places[0].site_id,
            supply=supply,
            day=day,
            amount=shown[count],
            begins=False,
            file_ids=[photo(uow, supply.value, day.toordinal())],
            staff=manager,
        )


def _roll_up(uow: UnitOfWork) -> None:
    while reports.roll_consumption(uow, tenant_id=DEMO):
        pass
