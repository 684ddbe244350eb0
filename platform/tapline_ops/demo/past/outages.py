"""Works that the property planned: last week's, which took longer, and next week's."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from tapline import outages, people
from tapline.outages.plans import Wish
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past, at

_TANK, _VALVE = "清洗二次供水水箱", "更换主管道阀门"


def scenes(past: Past) -> Iterator[Scene]:
    """Announced two days before, prolonged while they went on; and what is still to come."""
    begun = past.ago(5, 9)
    cleaned = Wish(starts_at=begun, ends_at=begun + timedelta(hours=5), reason=_TANK)
    yield Scene(begun - timedelta(days=2), partial(_plan, past, 1, cleaned))
    yield Scene(begun + timedelta(hours=4), partial(_prolong, past, begun, 7))
    coming = at(past.today + timedelta(days=3), 9)
    changed = Wish(starts_at=coming, ends_at=coming + timedelta(hours=6), reason=_VALVE)
    yield Scene(past.ago(0, 0, 5), partial(_plan, past, 0, changed))


def _plan(past: Past, place: int, wish: Wish, uow: UnitOfWork) -> None:
    manager = past.people["wuye"]
    outages.plans.plan(
        uow,
        scope=people.scope_of(uow, member=manager),
        staff=manager,
        site_id=past.places[place].site_id,
        wish=wish,
    )


def _prolong(past: Past, begun: datetime, hours: int, uow: UnitOfWork) -> None:
    manager = past.people["wuye"]
    scope = people.scope_of(uow, member=manager)
    (plan,) = outages.plans.listed(uow, scope=scope, since=begun)
    outages.plans.change(
        uow,
        scope=scope,
        staff=manager,
        plan_id=plan.plan_id,
        version=plan.version,
        wish=Wish(
            starts_at=plan.starts_at, ends_at=begun + timedelta(hours=hours), reason=plan.reason
        ),
    )
