"""Unsafe water stops a machine at once; only treatment, a passed sample and a person release it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tapline import audit, clock, devices, policy, reconciliation, tickets, water
from tapline.devices import commands, holds, telemetry
from tapline.devices.commands import CommandState
from tapline.devices.telemetry import Metric
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role
from tapline.reconciliation.meters.drift import Drift
from tapline.reconciliation.meters.stops import stop_sale
from tapline.water import FilterKind, TreatmentKind, record_treatment, stops
from tapline.water.stops import WaterStop
from tests.integration.consequences import drain
from tests.integration.water.laboratory import BAD, GOOD, NOON, Laboratory, reading

LEAKING = (180, 90)
SOUND = (180, 9)


@pytest.mark.req("U1")
def test_a_failed_lamp_stops_the_sale_and_the_stop_is_settled_when_the_machine_says_so(
    laboratory: Laboratory,
) -> None:
    laboratory.fails_uv()
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert laboratory.told("stop_sale") == ["queued"]
    assert not view.is_confirmed
    laboratory.says(CommandState.DONE)
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert view.is_confirmed


@pytest.mark.req("U1")
def test_a_machine_that_stopped_by_itself_is_confirmed_by_its_own_word(
    laboratory: Laboratory,
) -> None:
    laboratory.fails_uv(by_itself=True)
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert (view.is_confirmed, view.confirmed_at) == (True, clock.now())
    assert laboratory.told("stop_sale") == ["queued"], "it is told all the same"


@pytest.mark.req("U1")
def test_a_leaking_membrane_a_jump_and_too_much_dissolved_stop_the_sale(
    laboratory: Laboratory,
) -> None:
    laboratory.measures(SOUND, LEAKING, LEAKING)
    assert laboratory.causes == set(), "two readings may be a bubble"
    laboratory.measures(LEAKING)
    assert laboratory.causes == {"membrane"}
    laboratory.measures((5000, 501), (5000, 501), (5000, 501))
    assert laboratory.causes == {"membrane", "tds"}
    assert laboratory.told("stop_sale") == ["queued"], "it is told once for both"


@pytest.mark.req("U1")
def test_a_jump_against_the_week_before_stops_the_sale_below_the_limit(
    laboratory: Laboratory,
) -> None:
    laboratory.measures(*[(800, 12)] * 4, every_s=3600)
    telemetry.maintain(laboratory.uow)
    clock.advance(timedelta(hours=2))
    laboratory.measures((800, 90), (800, 95), (800, 92))
    assert laboratory.causes == {"tds"}


@pytest.mark.req("U1")
def test_flapping_readings_are_one_stop_and_one_case_with_more_evidence(
    laboratory: Laboratory,
) -> None:
    for _ in range(3):
        laboratory.measures(LEAKING, LEAKING, LEAKING, SOUND)
        laboratory.measures(LEAKING, LEAKING, LEAKING)
    stops.watch(laboratory.uow, tenant_id="demo")
    rows = laboratory.uow.session.scalars(select(WaterStop)).all()
    assert [(one.cause.value, one.signs) for one in rows] == [("membrane", 3)]
    laboratory.fails_uv()
    laboratory.fails_uv()
    drain(laboratory.uow)
    (case,) = tickets.listed(laboratory.uow, tenant_id="demo")
    assert (case.category, case.priority.value) == ("water_unsafe", "urgent")


@pytest.mark.req("U1")
def test_a_machine_without_a_line_is_told_again_when_the_command_ran_out(
    laboratory: Laboratory,
) -> None:
    laboratory.fails_uv()
    clock.advance(timedelta(days=8))
    commands.expire(laboratory.uow)
    stops.watch(laboratory.uow, tenant_id="demo")
    stops.watch(laboratory.uow, tenant_id="demo")
    assert laboratory.told("stop_sale") == ["expired", "queued"]
    laboratory.says(CommandState.DONE)
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert view.is_confirmed


@pytest.mark.req("U1")
def test_nobody_resumes_the_sale_but_by_a_release_and_is_told_what_to_do(
    laboratory: Laboratory,
) -> None:
    laboratory.fails_uv()
    for op_of in ("one", "all"):
        with pytest.raises(ConflictError, match="release it with a passed report"):
            _resume(laboratory, op_of)
    laboratory.uow.session.flush()
    assert laboratory.told("resume_sale") == []


def _resume(laboratory: Laboratory, op_of: str) -> None:
    words: dict[str, Any] = {"op": "resume_sale", "args": {}, "reason": "it looks fine"}
    if op_of == "one":
        commands.send(laboratory.uow, staff=laboratory.supervisor, device_id="A", **words)
    else:
        commands.send_to_all(laboratory.uow, staff=laboratory.supervisor, device_ids=["A"], **words)


@pytest.mark.req("U1")
def test_a_release_needs_treatment_then_a_sample_that_passes_whole(
    laboratory: Laboratory,
) -> None:
    laboratory.fails_uv()
    early = laboratory.samples(GOOD)
    _refused(laboratory, early, "nothing was done")
    laboratory.treats(TreatmentKind.REPAIR)
    _refused(laboratory, early, "older than the last treatment")
    waiting = laboratory.samples()
    _refused(laboratory, waiting, "has not answered")
    _refused(laboratory, laboratory.samples({"tds": 12}), "not everything")
    laboratory.reports(waiting, GOOD)
    laboratory.releases(waiting.sample_id, laboratory.technician)
    assert laboratory.causes == set()
    assert laboratory.told("resume_sale") == ["queued"]
    acts = audit.about(laboratory.uow, tenant_id="demo", subject="device:A")
    assert ("gao.feng", "water.release") in {(one.actor, one.action) for one in acts}


def _refused(laboratory: Laboratory, sample: object, why: str) -> None:
    with pytest.raises(ConflictError, match=why), laboratory.uow.attempt():
        laboratory.releases(sample.sample_id)  # type: ignore[attr-defined]
    assert laboratory.causes, "it stays stopped"
    assert holds.standing(laboratory.uow, tenant_id="demo"), "and held"


@pytest.mark.req("U1")
def test_after_a_failed_sample_two_people_release_and_an_agent_never_does(
    laboratory: Laboratory,
) -> None:
    laboratory.samples(BAD)
    assert laboratory.causes == {"laboratory"}
    laboratory.treats()
    good = laboratory.samples(GOOD, entered_by=laboratory.supervisor)
    agent = laboratory.hires("lin.xia", Role.AGENT)
    for own in (laboratory.technician, laboratory.supervisor, agent):
        with pytest.raises(DeniedError), laboratory.uow.attempt():
            laboratory.releases(good.sample_id, own)
    laboratory.releases(good.sample_id, laboratory.second)
    assert laboratory.causes == set()


@pytest.mark.req("U1")
def test_readings_from_before_a_release_stop_nothing_however_late_they_come(
    laboratory: Laboratory,
) -> None:
    laboratory.measures(LEAKING, LEAKING, LEAKING)
    before = clock.now()
    laboratory.treats(TreatmentKind.REPAIR)
    good = laboratory.samples(GOOD)
    clock.advance(timedelta(seconds=1))
    laboratory.releases(good.sample_id)
    leaking = {Metric.TDS_IN: 180, Metric.TDS_OUT: 90}
    late = [
        reading("A", before + timedelta(seconds=number), clock.now(), leaking)
        for number in range(1, 5)
    ]
    laboratory.arrives(late)
    laboratory.arrives(late)
    stops.watch(laboratory.uow, tenant_id="demo")
    assert laboratory.causes == set()
    laboratory.measures(LEAKING, LEAKING, LEAKING)
    assert laboratory.causes == {"membrane"}, "what is measured after it counts"


@pytest.mark.req("U1")
def test_a_machine_whose_meter_is_off_too_goes_on_when_both_are_let_go(
    laboratory: Laboratory,
) -> None:
    uow = laboratory.uow
    stop_sale(uow, tenant_id="demo", device_id="A", drift=Drift("totals", 80))
    laboratory.fails_uv()
    with pytest.raises(ConflictError, match="stopped for its water"), uow.attempt():
        _let_meter_go(laboratory)
    laboratory.treats(TreatmentKind.REPAIR)
    laboratory.releases(laboratory.samples(GOOD).sample_id)
    assert laboratory.told("resume_sale") == []
    _let_meter_go(laboratory)
    assert laboratory.told("resume_sale") == ["queued"]
    last = commands.of_device(uow, tenant_id="demo", device_id="A")[0]
    assert "safe_upto" in last.args, "a machine that stopped by itself needs it"


def _let_meter_go(laboratory: Laboratory) -> None:
    reconciliation.resume_sale(
        laboratory.uow,
        tenant_id="demo",
        device_id="A",
        staff=laboratory.supervisor,
        reason="calibrated",
    )


def test_anybody_at_work_may_stop_a_machine_but_says_why(laboratory: Laboratory) -> None:
    agent = laboratory.hires("lin.xia", Role.AGENT)
    with pytest.raises(InvalidError):
        stops.stop_by_hand(laboratory.uow, staff=agent, device_id="A", words=" ")
    stops.stop_by_hand(laboratory.uow, staff=agent, device_id="A", words="有异味")
    assert laboratory.causes == {"hand"}


def test_a_report_that_comes_after_a_good_one_of_a_later_sample_stops_nothing(
    laboratory: Laboratory,
) -> None:
    old = laboratory.samples()
    laboratory.samples(GOOD)
    laboratory.reports(old, BAD)
    assert laboratory.causes == set()


@pytest.mark.req("U2")
def test_what_was_judged_stays_judged_by_the_limits_of_its_day(laboratory: Laboratory) -> None:
    sample = laboratory.samples(GOOD | {"tds": 300})
    policy.publish(
        laboratory.uow,
        tenant_id="demo",
        changes={"water_tds_mg_l_max": 200},
        actor="he.qing",
        reason="stricter",
    )
    assert sample.limits["tds"] == [None, 500]
    assert sample.verdict.value == "passed"
    assert laboratory.samples(GOOD | {"tds": 300}).beyond == ["tds"]
    for laxer, standard in (
        ({"water_tds_mg_l_max": 1001}, "GB 5749"),
        ({"water_ph_x100_min": 599}, "CJ 94"),
    ):
        with pytest.raises(InvalidError, match=standard):
            policy.publish(
                laboratory.uow,
                tenant_id="demo",
                changes=laxer,
                actor="he.qing",
                reason="laxer",
            )
    with pytest.raises(ConflictError, match="entered once"):
        laboratory.reports(sample, GOOD)


@pytest.mark.req("U2")
def test_a_filter_change_names_its_filter_and_wears_by_days_and_litres(
    laboratory: Laboratory,
) -> None:
    uow = laboratory.uow
    device = devices.get(uow, tenant_id="demo", device_id="A")
    devices.report_totals(device=device, totals=devices.Totals(1, 1, 5_000_000))
    given: dict[str, Any] = {"tenant_id": "demo", "device_id": "A", "actor": "gao.feng", "at": NOON}
    with pytest.raises(InvalidError, match="which filter"):
        record_treatment(uow, kind=TreatmentKind.FILTER_CHANGE, **given)
    record_treatment(
        uow, kind=TreatmentKind.FILTER_CHANGE, filter_kind=FilterKind.PREFILTER, **given
    )
    devices.report_totals(device=device, totals=devices.Totals(1, 1, 15_000_000))
    clock.advance(timedelta(days=9))
    (life,) = water.filters(uow, tenant_id="demo", device_ids=["A"])["A"]
    assert (life.litres, life.percent, life.is_due) == (10_000, 50, False), "litres are further"
    clock.advance(timedelta(days=80))
    (life,) = water.filters(uow, tenant_id="demo", device_ids=["A"])["A"]
    assert (life.percent, life.is_due) == (98, True), "now days are"


@pytest.mark.req("U1", "C35")
def test_a_machine_that_cannot_be_told_needs_a_person_and_is_not_told_again_and_again(
    laboratory: Laboratory,
) -> None:
    laboratory.speaks("yunshui", can=())
    laboratory.fails_uv()
    for _ in range(3):
        clock.advance(timedelta(days=1))
        stops.watch(laboratory.uow, tenant_id="demo")
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert view.needs_hands
    assert laboratory.told("stop_sale") == ["refused"], "nothing waits that nobody carries"
    laboratory.speaks_now(can=("stop_sale", "resume_sale"))
    stops.watch(laboratory.uow, tenant_id="demo")
    assert laboratory.told("stop_sale") == ["refused", "queued"], "its adapter has learnt it"


@pytest.mark.req("U1", "C35")
def test_a_makers_machine_that_does_not_stop_needs_a_person_and_is_asked_now_and_then(
    laboratory: Laboratory,
) -> None:
    laboratory.speaks("lanjing", can=("stop_sale", "resume_sale"))
    laboratory.fails_uv()
    laboratory.says(CommandState.REFUSED)
    stops.watch(laboratory.uow, tenant_id="demo")
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert view.needs_hands
    assert laboratory.told("stop_sale") == ["refused"]
    clock.advance(timedelta(minutes=10))
    stops.watch(laboratory.uow, tenant_id="demo")
    assert laboratory.told("stop_sale") == ["refused", "queued"]
    laboratory.says(CommandState.DONE)
    (view,) = stops.standing(laboratory.uow, tenant_id="demo")
    assert (view.is_confirmed, view.needs_hands) == (True, False)
