"""A plan of rounds is changed, rests and goes on; what was begun stays as it began."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tapline import clock
from tapline.errors import ConflictError, InvalidError, StaleError
from tapline.rounds import plans, visits
from tapline.rounds.plans import Changed, Item, PlanAct, RoundPlan
from tapline.rounds.visits import RoundVisit, VisitState
from tapline.tickets.work_orders.obstacles import Appointment, Obstacle
from tests.integration.rounds.estate import CHECKS, MORNING, Estate

DAY = timedelta(days=1)
TODAY = clock.business_date(MORNING)


def change(estate: Estate, plan: RoundPlan, **changes: Any) -> None:
    """What is not named stays."""
    asked: dict[str, Any] = {
        "version": plan.version,
        "name": plan.name,
        "every_days": plan.every_days,
        "items": CHECKS,
        "actor": "he.qing",
    }
    one: dict[str, Any] = {"tenant_id": "demo", "plan_id": plan.plan_id}
    plans.change(estate.uow, **one, **asked | changes)
    visits.replan(estate.uow, **one)


def rest(estate: Estate, plan: RoundPlan, *, goes_on: bool = False) -> None:
    one: dict[str, Any] = {"tenant_id": "demo", "plan_id": plan.plan_id}
    (plans.resume if goes_on else plans.pause)(estate.uow, **one, actor="he.qing")
    visits.replan(estate.uow, **one)


def told(estate: Estate, plan: RoundPlan) -> list[tuple[int, PlanAct]]:
    found = plans.history(estate.uow, tenant_id="demo", plan_id=plan.plan_id)
    return [(one.version, one.act) for one in found]


def names(found: Sequence[RoundVisit]) -> list[str]:
    return [one.device_id for one in found]


def begun(estate: Estate, visit: RoundVisit) -> RoundVisit:
    """Chen stands at the machine."""
    return visits.open_at(
        estate.uow,
        tenant_id="demo",
        visit_id=visit.visit_id,
        technician=estate.chen,
        code=visit.device_id,
    )


@pytest.mark.req("C42", "U38")
def test_a_visit_that_was_begun_keeps_what_it_asks_and_the_next_asks_what_the_plan_does_now(
    estate: Estate,
) -> None:
    plan = estate.plan()
    first, second = estate.due()
    begun(estate, first)
    change(estate, plan, name="新巡检", items=[Item("外观完好")], photos_min=0)

    assert (first.name, len(first.items), first.state) == ("日常巡检", 2, VisitState.OPEN)
    assert (second.name, len(second.items), second.photos_min) == ("新巡检", 1, 0)
    assert second.due_on == TODAY
    assert estate.does(first).state is VisitState.DONE
    assert estate.does(second, "yes", photos=[]).state is VisitState.DONE


@pytest.mark.req("U38")
def test_what_was_changed_is_kept_as_data_and_said_again_changes_nothing(estate: Estate) -> None:
    plan = estate.plan(site_ids=[estate.one.site_id])
    locked = Item("水箱已锁", photo=True)
    for version in (1, 1):
        change(
            estate,
            plan,
            version=version,
            every_days=14,
            items=[CHECKS[1], locked],
            device_ids=["A1"],
            site_ids=[estate.one.site_id],
        )

    assert told(estate, plan) == [(2, PlanAct.CHANGED), (1, PlanAct.PLANNED)]
    newest = plans.history(estate.uow, tenant_id="demo", plan_id=plan.plan_id)[0]
    rhythm, machines, items = plans.changes_of(newest.changes)
    assert (rhythm.what, rhythm.before, rhythm.after) == (Changed.EVERY_DAYS, 7, 14)
    assert (machines.what, machines.before, machines.after) == (Changed.MACHINES, [], ["A1"])
    assert plans.items_of(items.after) == [CHECKS[1], locked]
    assert newest.actor == "he.qing"


@pytest.mark.req("U38")
def test_who_saw_an_older_plan_overwrites_nothing(estate: Estate) -> None:
    plan = estate.plan()
    change(estate, plan, version=1, every_days=14, actor="lin.xia")

    with pytest.raises(StaleError):
        change(estate, plan, version=1, every_days=30)
    assert plan.every_days == 14

    change(estate, plan, version=2, every_days=30)
    plans.end(estate.uow, tenant_id="demo", plan_id=plan.plan_id, actor="lin.xia")
    with pytest.raises(StaleError, match="has ended"):
        change(estate, plan, version=3, every_days=7)


@pytest.mark.req("U38")
def test_machines_that_the_plan_asks_for_no_more_are_dropped_and_new_ones_are_not_late(
    estate: Estate,
) -> None:
    plan = estate.plan(device_ids=["A1"])
    estate.does(estate.due()[0])
    with clock.frozen(MORNING + 7 * DAY):
        (again,) = estate.due()
        change(estate, plan, device_ids=["A2"])

        assert again.state is VisitState.DROPPED
        (fresh,) = estate.due()
        assert (fresh.device_id, fresh.due_on) == ("A2", TODAY + 7 * DAY)


@pytest.mark.req("U38")
def test_a_new_rhythm_makes_nobody_late_and_excuses_nobody_who_was(estate: Estate) -> None:
    plan = estate.plan(every_days=30)
    first, second = estate.due()
    estate.does(first)
    with clock.frozen(MORNING + 20 * DAY):
        change(estate, plan, every_days=7)
        due = {one.device_id: one.due_on for one in estate.due()}
        assert due == {"A1": TODAY + 20 * DAY, "A2": TODAY}, "A2 was never done"

        change(estate, plan, every_days=60)
        assert names(estate.due()) == ["A2"]
        assert second.is_late(TODAY + 20 * DAY)


def test_an_appointment_outlasts_a_change(estate: Estate) -> None:
    plan = estate.plan()
    first, _ = estate.due()
    times = Appointment(MORNING + 2 * DAY, MORNING + 2 * DAY + timedelta(hours=2))
    visits.postpone(
        estate.uow,
        tenant_id="demo",
        visit_id=first.visit_id,
        technician=estate.chen,
        obstacle=Obstacle.LOCKED_ROOM,
        appointment=times,
        words="",
        request_key="k",
    )
    change(estate, plan, name="新巡检", every_days=30)

    assert (first.state, first.due_on, first.name) == (VisitState.DUE, TODAY, "新巡检")
    assert (first.window_from, first.window_until) == times


@pytest.mark.req("U38")
def test_while_a_plan_rests_nothing_is_due_and_then_from_that_day_on(estate: Estate) -> None:
    plan = estate.plan()
    first, second = estate.due()
    begun(estate, first)
    for _ in range(2):
        rest(estate, plan)
    assert (first.state, second.state) == (VisitState.OPEN, VisitState.DROPPED)
    estate.does(first)

    with clock.frozen(MORNING + 30 * DAY):
        assert estate.due() == []
        rest(estate, plan, goes_on=True)
        assert [(one.device_id, one.due_on) for one in estate.due()] == [
            ("A1", TODAY + 30 * DAY),
            ("A2", TODAY + 30 * DAY),
        ]
        assert visits.escalate(estate.uow, tenant_id="demo") == 0
    assert [act for _, act in told(estate, plan)] == [
        PlanAct.RESUMED,
        PlanAct.PAUSED,
        PlanAct.PLANNED,
    ]


def test_what_cannot_be_changes_nothing(estate: Estate) -> None:
    plan = estate.plan()
    with pytest.raises(InvalidError, match="name the round"):
        change(estate, plan, name=" ")
    with pytest.raises(InvalidError, match="days between"):
        change(estate, plan, every_days=0)
    with pytest.raises(InvalidError, match="ask 1 to"):
        change(estate, plan, items=[])
    plans.end(estate.uow, tenant_id="demo", plan_id=plan.plan_id, actor="he.qing")
    with pytest.raises(ConflictError, match="has ended"):
        change(estate, plan)

    assert (plan.name, plan.every_days, len(plan.items)) == ("日常巡检", 7, 2)
