"""Which model speaks is decided by a person, with a reason, and can be undone."""

from dataclasses import replace

import pytest

from tapline import audit, faults
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.faults.models import ModelStatus
from tapline.uow import UnitOfWork
from tapline_ops.prediction.scoring import speaking
from tapline_ops.prediction.training import Learnt
from tests.integration.prediction import estate


def statuses(uow: UnitOfWork) -> dict[int, ModelStatus]:
    return {row.version: row.status for row in faults.models.listed(uow, tenant_id="demo")}


def test_the_first_model_speaks_and_the_next_one_listens(uow: UnitOfWork, learnt: Learnt) -> None:

    estate.register(uow, learnt)
    estate.register(uow, learnt)

    assert statuses(uow) == {1: ModelStatus.CHAMPION, 2: ModelStatus.SHADOW}
    assert speaking(uow, tenant_id="demo").name == "foresight 1"


def test_promotion_and_rollback_are_one_step_each_and_leave_a_trail(
    uow: UnitOfWork, learnt: Learnt
) -> None:
    estate.register(uow, learnt)
    estate.register(uow, learnt)

    faults.models.promote(
        uow, tenant_id="demo", version=2, actor="he.qing", reason="knows this year's labels"
    )
    assert statuses(uow) == {1: ModelStatus.RETIRED, 2: ModelStatus.CHAMPION}
    assert speaking(uow, tenant_id="demo").name == "foresight 2"

    back = faults.models.rollback(uow, tenant_id="demo", actor="he.qing", reason="too many alerts")

    assert statuses(uow) == {1: ModelStatus.CHAMPION, 2: ModelStatus.RETIRED}
    assert (back.version, back.approver, back.reason) == (1, "he.qing", "too many alerts")
    trail = audit.about(uow, tenant_id="demo", subject="model:foresight:1")
    assert [entry.reason for entry in trail] == ["too many alerts"]


def test_a_worse_model_is_not_promoted_by_accident(uow: UnitOfWork, learnt: Learnt) -> None:
    estate.register(uow, learnt)
    worse = learnt.metrics | {"alerts": learnt.metrics["alerts"] | {"recall": 0.1}}
    estate.register(uow, replace(learnt, metrics=worse))

    with pytest.raises(ConflictError, match=r"recall 0\.10 against"):
        faults.models.promote(uow, tenant_id="demo", version=2, actor="he.qing", reason="newer")

    promoted = faults.models.promote(
        uow, tenant_id="demo", version=2, actor="he.qing", reason="a trial", anyway=True
    )
    assert promoted.status is ModelStatus.CHAMPION


def test_promotion_needs_a_reason_and_a_model_that_is_there(
    uow: UnitOfWork, learnt: Learnt
) -> None:
    estate.register(uow, learnt)

    with pytest.raises(InvalidError):
        faults.models.promote(uow, tenant_id="demo", version=1, actor="he.qing", reason=" ")
    with pytest.raises(NotFoundError):
        faults.models.promote(uow, tenant_id="demo", version=7, actor="he.qing", reason="newer")
    with pytest.raises(ConflictError, match="nothing to go back to"):
        faults.models.rollback(uow, tenant_id="demo", actor="he.qing", reason="too many alerts")


def test_a_model_of_another_scikit_learn_is_refused(uow: UnitOfWork, learnt: Learnt) -> None:
    estate.register(uow, learnt, sklearn_version="1.2.3")

    with pytest.raises(ConflictError, match=r"scikit-learn 1\.2\.3"):
        speaking(uow, tenant_id="demo")


def test_the_card_says_what_it_learnt_from_and_where_it_fails(
    uow: UnitOfWork, learnt: Learnt
) -> None:

    card = estate.register(uow, learnt).card

    assert "simulat" in card["en"]
    assert "模拟" in card["zh"]
    assert card["learnt_from"]["labels"] == 0
    assert card["metrics"]["rule"]["recall"] is not None
