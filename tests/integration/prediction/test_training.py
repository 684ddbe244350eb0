"""Learning beside a working house, and what visits add to it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from tapline import clock, faults
from tapline.faults import LabelOutcome, Part
from tapline.faults.models import ModelStatus
from tapline.uow import Database
from tapline_ops import prediction
from tapline_ops.prediction import Size
from tests.integration.prediction import estate

MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TINY = Size(sites=8, calibration_sites=4, test_sites=3, days=240)


@pytest.fixture
def morning() -> Iterator[None]:
    with clock.frozen(MORNING):
        yield


@pytest.mark.req("C33")
def test_a_visit_teaches_the_next_model_which_listens_before_it_speaks(
    fresh_database: Database, morning: None
) -> None:
    first = prediction.train(fresh_database, tenant_id="demo", size=TINY, seed=1)
    with fresh_database.transaction() as uow:
        estate.build(uow, "demo", estate.DEVICES)
        found = faults.raise_prediction(
            uow,
            tenant_id="demo",
            device_id=estate.CLOGS,
            part=Part.PREFILTER,
            probability_percent=40,
            residuals=[],
            day=date(2026, 11, 21),
            horizon_d=14,
            model="foresight 1",
            model_id=first.model_id,
            features_hash="",
        )
        assert found is not None
        faults.label(
            uow,
            tenant_id="demo",
            prediction_id=found.prediction_id,
            outcome=LabelOutcome.CONFIRMED_PART,
            actor="zhao.shifu",
        )

    second = prediction.train(fresh_database, tenant_id="demo", size=TINY, seed=1)

    assert (first.status, second.status) == (ModelStatus.CHAMPION, ModelStatus.SHADOW)
    assert (first.learnt_from["labels"], second.learnt_from["labels"]) == (0, 1)
