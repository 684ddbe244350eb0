"""From stored telemetry to one prediction that says why, and from a visit to a label."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tapline import clock, faults, tickets
from tapline.devices import telemetry
from tapline.devices.telemetry import Metric, Reading
from tapline.errors import ConflictError
from tapline.faults import Basis, LabelOutcome, Part, Prediction, PredictionState
from tapline.outbox.model import OutboxMessage
from tapline.uow import UnitOfWork
from tapline_ops import prediction
from tapline_ops.prediction.training import Learnt, from_visits
from tapline_ops.tasks.faults import score_devices
from tests import factories
from tests.integration.consequences import drain
from tests.integration.prediction import estate
from tests.integration.prediction.conftest import MORNING

YESTERDAY = date(2026, 11, 21)


def raised(uow: UnitOfWork) -> list[str]:
    rows = uow.session.scalars(
        select(OutboxMessage).where(OutboxMessage.type == "PredictionRaised")
    )
    return [row.payload["prediction_id"] for row in rows]


def foreseen(uow: UnitOfWork) -> Prediction:
    """A prediction as a rule would raise it."""
    found = faults.raise_prediction(
        uow,
        tenant_id="demo",
        device_id=estate.CLOGS,
        part=Part.PREFILTER,
        probability_percent=None,
        residuals=[],
        day=YESTERDAY,
        horizon_d=14,
        model="rule",
        features_hash="",
    )
    assert found is not None
    return found


@pytest.mark.req("C34", "H402")
def test_a_case_is_open_before_anybody_calls(uow: UnitOfWork, learnt: Learnt) -> None:
    estate.register(uow, learnt)

    score_devices(uow, "demo")
    drain(uow)

    (case,) = tickets.listed(uow, tenant_id="demo")
    assert (case.source, case.device_id) == (tickets.Source.PREDICTION, estate.CLOGS)
    (found,) = faults.predictions_of(uow, tenant_id="demo")
    assert found.state is PredictionState.TICKETED


@pytest.mark.req("C33")
def test_a_clogging_filter_is_foreseen_once_and_its_neighbours_are_left_alone(
    uow: UnitOfWork, learnt: Learnt
) -> None:
    model = estate.register(uow, learnt)

    score_devices(uow, "demo")
    prediction.score(uow, tenant_id="demo", day=YESTERDAY)

    (found,) = faults.predictions_of(uow, tenant_id="demo")
    assert (found.device_id, found.part, found.state) == (
        estate.CLOGS,
        Part.PREFILTER,
        PredictionState.RAISED,
    )
    assert found.basis is Basis.MODEL
    assert found.probability_percent is not None
    assert found.probability_percent >= 100 * learnt.predictor.threshold
    assert (found.model, found.model_id) == ("foresight 1", model.model_id)
    assert (found.day, found.window_until) == (YESTERDAY, YESTERDAY + timedelta(days=14))
    assert raised(uow) == [str(found.prediction_id)]


def test_the_reason_stands_first_with_its_unit_and_what_to_compare_it_with(
    uow: UnitOfWork, learnt: Learnt
) -> None:
    estate.register(uow, learnt)

    score_devices(uow, "demo")

    (found,) = faults.predictions_of(uow, tenant_id="demo")
    first = found.residuals[0]
    assert (first["signal"], first["unit"]) == ("filter_drop", "kPa")
    assert first["value"] > 2 * first["baseline"]
    assert first["baseline"] < first["expected"] < first["value"]
    assert found.probability_percent is not None
    assert 100 * first["drop"] > found.probability_percent / 2
    assert len(found.residuals) <= 3


def test_without_a_model_a_rule_speaks_and_names_no_percentage(uow: UnitOfWork) -> None:

    score_devices(uow, "demo")

    (found,) = faults.predictions_of(uow, tenant_id="demo")
    assert (found.device_id, found.part, found.basis) == (
        estate.CLOGS,
        Part.PREFILTER,
        Basis.RULE,
    )
    assert found.probability_percent is None
    assert found.model == "rule"


def test_the_sweep_that_finds_no_new_day_changes_nothing(uow: UnitOfWork, learnt: Learnt) -> None:
    score_devices(uow, "demo")
    (by_rule,) = faults.predictions_of(uow, tenant_id="demo")
    estate.register(uow, learnt)

    for hours in (0, 1, 14):  # the business day ends at 16:00 UTC
        with clock.frozen(MORNING + timedelta(hours=hours)):
            score_devices(uow, "demo")

    assert faults.predictions_of(uow, tenant_id="demo") == [by_rule]


def test_a_silent_device_is_not_spoken_about(uow: UnitOfWork, learnt: Learnt) -> None:
    estate.register(uow, learnt)

    with clock.frozen(MORNING + timedelta(days=2)):
        score_devices(uow, "demo")

    assert faults.predictions_of(uow, tenant_id="demo") == []


def test_another_tenants_devices_are_not_looked_at(uow: UnitOfWork, learnt: Learnt) -> None:
    estate.register(uow, learnt)

    assert prediction.score(uow, tenant_id="demo", day=YESTERDAY) == (4, 1)
    assert faults.predictions_of(uow, tenant_id="other") == []


def test_what_a_visit_found_becomes_a_label_and_a_new_part_a_new_life(
    uow: UnitOfWork, learnt: Learnt
) -> None:
    estate.register(uow, learnt)
    score_devices(uow, "demo")
    (found,) = faults.predictions_of(uow, tenant_id="demo")
    faults.mark_ticketed(uow, tenant_id="demo", prediction_id=found.prediction_id)

    faults.label(
        uow,
        tenant_id="demo",
        prediction_id=found.prediction_id,
        outcome=LabelOutcome.CONFIRMED_PART,
        actor="zhao.shifu",
    )

    assert found.state is PredictionState.CONFIRMED
    (label,) = faults.labelled(uow, tenant_id="demo")
    assert (label.model, label.features_hash) == ("foresight 1", found.features_hash)
    taught = from_visits(uow, tenant_id="demo")
    assert taught is not None
    assert {part: rows.tolist() for part, rows in taught.outcomes.items()} == {
        "prefilter": [True],
        "pump": [False],
        "membrane": [False],
    }
    assert faults.held_back(uow, tenant_id="demo", since=MORNING - timedelta(days=1)) == {
        (estate.CLOGS, "prefilter")
    }


def test_a_visit_that_did_not_happen_teaches_nothing(uow: UnitOfWork) -> None:
    found = foreseen(uow)

    faults.label(
        uow,
        tenant_id="demo",
        prediction_id=found.prediction_id,
        outcome=LabelOutcome.NOT_VISITED,
        actor="zhao.shifu",
    )

    assert found.state is PredictionState.DISMISSED
    assert faults.labelled(uow, tenant_id="demo") == []
    assert from_visits(uow, tenant_id="demo") is None


def test_a_second_word_supersedes_the_first_and_both_stay(uow: UnitOfWork) -> None:
    found = foreseen(uow)
    for outcome in (LabelOutcome.NO_FAULT_FOUND, LabelOutcome.CONFIRMED_PART):
        faults.label(
            uow,
            tenant_id="demo",
            prediction_id=found.prediction_id,
            outcome=outcome,
            actor="zhao.shifu",
        )

    labels = faults.labels_of(uow, tenant_id="demo", prediction_id=found.prediction_id)

    assert [label.outcome for label in labels] == ["no_fault_found", "confirmed_part"]
    assert [label.outcome for label in faults.labelled(uow, tenant_id="demo")] == ["confirmed_part"]
    with pytest.raises(IntegrityError, match="append-only"):
        uow.session.execute(text("update fault_label set outcome = 'other_fault'"))


def test_a_simulated_past_says_so(uow: UnitOfWork) -> None:

    span = faults.days.simulated_span(uow, tenant_id="demo", device_id=estate.CLOGS)

    assert span is not None
    assert span.until <= MORNING < span.until + timedelta(days=1)
    assert faults.days.simulated_span(uow, tenant_id="demo", device_id="WD-9999") is None


def test_only_readings_with_water_running_count_for_a_day(uow: UnitOfWork) -> None:
    moment = MORNING - timedelta(days=1)
    factories.device(uow, "WD-0009")
    readings = [
        {Metric.FLOW_ML_S: 80, Metric.P_IN_KPA: 240, Metric.P_POST_KPA: 210},
        {Metric.FLOW_ML_S: 60, Metric.P_IN_KPA: 240, Metric.P_POST_KPA: 220},
        {Metric.FLOW_ML_S: 0, Metric.P_IN_KPA: 250, Metric.P_POST_KPA: 247},
    ]
    telemetry.store(
        uow,
        readings=[
            Reading("demo", "WD-0009", 1, 1000 * n, moment, moment, metrics, {})
            for n, metrics in enumerate(readings)
        ],
    )

    assert faults.days.sum_up_new(uow, tenant_id="demo") == YESTERDAY

    (day,) = faults.days.lives(
        uow,
        tenant_id="demo",
        since=YESTERDAY,
        until=YESTERDAY + timedelta(days=1),
        first_d=14,
        device_ids=["WD-0009"],
    ).days
    assert (day.flow_ml_s, day.p_post_kpa, day.still_kpa) == (70, 215, 3)


def test_a_tampered_model_is_refused_and_opens_no_tickets(uow: UnitOfWork, learnt: Learnt) -> None:
    estate.register(uow, learnt)
    uow.session.execute(text("update fault_model set artefact = artefact || 'x'::bytea"))
    uow.session.expire_all()

    with pytest.raises(ConflictError, match="changed since it was stored"):
        score_devices(uow, "demo")
