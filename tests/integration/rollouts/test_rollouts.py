"""An image goes to five percent, then further; what machines then do stops it."""

from collections.abc import Iterator

import pytest

from tapline import audit, clock, rollouts, tickets
from tapline.devices import Presence, commands
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role
from tapline.reconciliation import breakers
from tapline.rollouts import JobState, MemberState, Rollout, RolloutState, rings
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.rollouts.estate import Estate, member

SIZE = 20


@pytest.fixture
def estate(uow: UnitOfWork) -> Iterator[Estate]:
    with clock.frozen(factories.START):
        yield Estate(uow, SIZE)


def told(estate: Estate) -> set[str]:
    return set(estate.told())


def states(estate: Estate, rollout: Rollout) -> dict[str, MemberState]:
    seen = rollouts.view(estate.uow, tenant_id="demo", rollout_id=rollout.rollout_id)
    return {one.member.device_id: one.member.state for one in seen.machines}


def soaked(estate: Estate, names: set[str], pours: int = 10) -> None:
    """These machines pour well with the new image, and the ring's time passes."""
    for name in names:
        estate.pours(name, pours)
    estate.sweep(after_s=61)
    estate.sweep()


def test_a_good_image_reaches_all_machines_ring_by_ring(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    reached: list[int] = []
    while rollout.state is RolloutState.RUNNING:
        now = told(estate)
        reached.append(len(now) + (reached[-1] if reached else 0))
        assert len(reached) <= 4
        for name in now:
            estate.obeys(name)
        estate.sweep()
        assert told(estate) == set(), "no ring is opened before the one before has soaked"
        soaked(estate, now)

    assert reached == [1, 5, 10, 20]
    assert rollout.state is RolloutState.DONE
    assert set(states(estate, rollout).values()) == {MemberState.UPDATED}
    assert not tickets.listed(estate.uow, tenant_id="demo")


def test_a_ring_waits_for_its_time_its_pours_and_most_of_its_machines(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    estate.sweep(after_s=3600)
    assert rollout.ring == 0, "it has not updated itself"
    estate.obeys(first)
    estate.sweep(after_s=3600)
    assert rollout.ring == 0, "it has not poured"
    seen = rollouts.view(estate.uow, tenant_id="demo", rollout_id=rollout.rollout_id)
    assert seen.soak is not None
    assert (seen.soak.updated_short, seen.soak.pours_short) == (0, 10)
    estate.pours(first, 10)
    estate.sweep()
    assert rollout.ring == 1


def test_an_image_that_pours_no_water_stops_at_its_first_ring(estate: Estate) -> None:
    estate.all_pour(5, dry=set())
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    estate.obeys(first)
    estate.pours(first, 4, dry=True)
    estate.sweep()

    assert rollout.state is RolloutState.PAUSED
    assert rollout.paused_by == audit.SYSTEM
    assert rollout.paused_why is not None
    assert (rollout.paused_why["rule"], rollout.paused_why["code"]) == ("rate", "D01")
    past = next(one for one in rollout.paused_why["comparisons"] if one["against"] == "others")
    assert past["here"] == [4, 4]
    estate.sweep(after_s=86_400)
    assert told(estate) == set()
    (ticket,) = [
        one
        for one in tickets.listed(estate.uow, tenant_id="demo")
        if one.category == "rollout_stopped"
    ]
    assert ticket.facts["percent"] == 5


def test_what_goes_wrong_everywhere_at_once_stops_nothing(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    estate.obeys(first)
    estate.all_pour(4, dry={first, *estate.names[::2]})
    estate.sweep()
    assert rollout.state is RolloutState.RUNNING


def test_a_machine_that_always_poured_badly_is_no_bad_firmware(estate: Estate) -> None:
    estate.publish(breaker_corrections_min=1000)
    first = min(estate.names, key=lambda name: rings.place("RO-50", name))
    estate.all_pour(20, dry={first})
    rollout = estate.started(estate.image())
    estate.sweep()
    assert told(estate) == {first}
    estate.obeys(first)
    estate.all_pour(10, dry={first})
    estate.sweep()
    assert rollout.state is RolloutState.RUNNING


def test_a_breaker_of_the_new_firmware_stops_it_and_must_be_reset_first(estate: Estate) -> None:
    estate.publish(breaker_corrections_min=2, rollout_findings_min=1000)
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    estate.obeys(first)
    estate.pours(first, 3, dry=True)
    estate.sweep()
    assert rollout.paused_why is not None
    assert rollout.paused_why["rule"] == "breaker"

    again = {"staff": estate.boss, "rollout_id": rollout.rollout_id, "reason": "looked at"}
    with pytest.raises(ConflictError, match="reset"):
        rollouts.resume(estate.uow, **again)  # type: ignore[arg-type]
    (breaker,) = breakers.standing(estate.uow, tenant_id="demo")
    breakers.reset(
        estate.uow,
        tenant_id="demo",
        breaker_id=breaker.breaker_id,
        staff=estate.boss,
        reason="looked at",
    )
    rollouts.resume(estate.uow, **again)  # type: ignore[arg-type]
    estate.sweep()
    assert rollout.state is RolloutState.RUNNING, "what was looked at does not stop it again"


def test_a_machine_is_tried_three_times_and_too_many_failures_stop_it(estate: Estate) -> None:
    estate.publish(rollout_ring_percent=0, rollout_pours_min=0, rollout_soak_s=0)
    rollout = estate.started(estate.image())
    for _ in range(20):
        estate.sweep()
        for name in told(estate):
            estate.says(name, estate.takes(name), "failed", rc=5)
        if rollout.state is RolloutState.PAUSED:
            break
    assert rollout.paused_why is not None
    assert rollout.paused_why["rule"] == "failed"
    failed = [name for name, one in states(estate, rollout).items() if one is MemberState.FAILED]
    assert len(failed) >= 2
    tries = commands.of_device(estate.uow, tenant_id="demo", device_id=failed[0])
    assert len(tries) == 3


def test_a_machine_that_is_away_is_told_when_it_comes_back(estate: Estate) -> None:
    for name in estate.names:
        estate.present(name, Presence.LOST)
    estate.started(estate.image())
    estate.sweep()
    assert told(estate) == set()
    for name in estate.names:
        estate.present(name)
    estate.sweep()
    assert len(told(estate)) == 1


def test_a_silent_machine_is_given_up_and_tried_again_under_another_job(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    job = estate.takes(first)
    estate.sweep(after_s=7 * 3600)
    (again,) = told(estate)
    assert estate.told()[again]["job"] != job
    assert not estate.says(first, job, "done", 100), "what was given up stays so"
    (machine,) = [
        one
        for one in rollouts.view(
            estate.uow, tenant_id="demo", rollout_id=rollout.rollout_id
        ).machines
        if one.job is not None
    ]
    assert machine.member.attempts == 1


def test_a_machine_that_says_done_and_runs_something_else_has_failed(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    estate.says(first, estate.takes(first), "done", 100)
    assert states(estate, rollout)[first] is MemberState.WAITING
    estate.fw[first] = "2.5.0"
    estate.greets(first)
    estate.sweep()
    assert states(estate, rollout)[first] is MemberState.UPDATED, "its hello is the proof"


def test_reports_twice_or_out_of_order_change_nothing(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    job = estate.takes(first)
    assert not estate.says(first, job, "downloading", 40)
    assert estate.says(first, job, "verifying", 100)
    assert not estate.says(first, job, "downloading", 90)
    assert not estate.says("WD-0000" if first != "WD-0000" else "WD-0001", job, "done")
    assert not estate.says(first, "no-job", "done")
    assert not estate.says(first, job, "dancing")
    seen = rollouts.view(estate.uow, tenant_id="demo", rollout_id=rollout.rollout_id)
    (job_row,) = [one.job for one in seen.machines if one.job]
    assert (job_row.state, job_row.percent) == (JobState.VERIFYING, 100)


def test_whoever_proposes_does_not_start_and_an_agent_does_neither(estate: Estate) -> None:
    image = estate.image()
    asked = {"image_id": image.image_id, "hw": "RO-50", "reason": "x"}
    agent = member(estate.uow, "agent", Role.AGENT)
    with pytest.raises(DeniedError):
        rollouts.propose(estate.uow, staff=agent, **asked)  # type: ignore[arg-type]
    made = rollouts.propose(estate.uow, staff=estate.boss, **asked)  # type: ignore[arg-type]
    with pytest.raises(DeniedError, match="second person"):
        rollouts.approve(estate.uow, staff=estate.boss, rollout_id=made.rollout_id)
    with pytest.raises(ConflictError, match="not over"):
        rollouts.propose(estate.uow, staff=estate.second, **asked)  # type: ignore[arg-type]
    with pytest.raises(InvalidError, match="fits"):
        rollouts.propose(estate.uow, staff=estate.boss, **asked | {"hw": "UF-20"})  # type: ignore[arg-type]


def test_a_pause_asks_machines_to_leave_it_be_by_another_command(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    estate.sweep()
    (first,) = told(estate)
    job = estate.takes(first)
    rollouts.pause(
        estate.uow, staff=estate.boss, rollout_id=rollout.rollout_id, reason="a complaint"
    )
    cancels = [one for one in commands.take_queued(estate.uow, limit=10) if one.op == "ota"]
    assert [one.args for one in cancels] == [{"job": job, "cancel": True}]
    assert states(estate, rollout)[first] is MemberState.UPDATING, "until the machine has answered"
    estate.says(first, job, "cancelled")
    assert states(estate, rollout)[first] is MemberState.WAITING


def test_a_roll_back_is_a_rollout_of_its_own_for_the_machines_that_had_it(estate: Estate) -> None:
    before = estate.image("2.4.1", counter=2)
    rollout = estate.started(estate.image(counter=2))
    estate.sweep()
    (first,) = told(estate)
    estate.obeys(first)
    old = estate.image("2.3.0", counter=1)
    back = {"staff": estate.boss, "rollout_id": rollout.rollout_id, "reason": "it drips"}
    with pytest.raises(InvalidError, match="security counter"):
        rollouts.roll_back(estate.uow, image_id=old.image_id, **back)  # type: ignore[arg-type]

    newer = estate.image("2.6.0", counter=2)
    with pytest.raises(InvalidError, match="two people"):
        rollouts.roll_back(estate.uow, image_id=newer.image_id, **back)  # type: ignore[arg-type]

    undo = rollouts.roll_back(estate.uow, image_id=before.image_id, **back)  # type: ignore[arg-type]
    assert (rollout.state, undo.undoes) == (RolloutState.ENDED, rollout.rollout_id)
    estate.sweep()
    assert told(estate) == {first}
    estate.obeys(first, "2.4.1")
    estate.pours(first, 10)
    estate.sweep(after_s=61)
    assert undo.state is RolloutState.DONE
    assert states(estate, undo) == {first: MemberState.UPDATED}


def test_a_machine_left_out_is_not_told_until_somebody_has_it_tried(estate: Estate) -> None:
    rollout = estate.started(estate.image())
    first = min(estate.names, key=lambda name: rings.place("RO-50", name))
    who = {"staff": estate.boss, "rollout_id": rollout.rollout_id, "device_id": first}
    rollouts.exclude(estate.uow, reason="in a hospital", **who)  # type: ignore[arg-type]
    estate.sweep()
    assert first not in told(estate)
    rollouts.retry(estate.uow, **who)  # type: ignore[arg-type]
    estate.sweep()
    assert first in told(estate)
