from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tapline import clock, devices
from tapline.errors import InvalidError
from tapline.events import DeviceChanged, PredictionRaised
from tapline.faults import days
from tapline.faults.predictions.model import (
    Basis,
    FaultLabel,
    LabelOutcome,
    Part,
    Prediction,
    PredictionState,
)
from tapline.faults.predictions.repository import PredictionRepository
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def raise_prediction(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    part: Part,
    probability_percent: int | None,
    residuals: Sequence[dict[str, Any]],
    day: date,
    horizon_d: int,
    model: str,
    features_hash: str,
    model_id: UUID | None = None,
    others: Sequence[str] = (),
) -> Prediction | None:
    """Foresee a fault; None where one is open for this device and part. Emits `PredictionRaised`.

    Without `probability_percent` it is the word of a rule.

    Raises:
        NotFoundError: the tenant has no such device.
        InvalidError: the percentage is none.
    """
    if probability_percent is not None and not 0 <= probability_percent <= 100:
        raise InvalidError(f"a probability is 0 to 100 per cent, not {probability_percent}")
    devices.get(uow, tenant_id=tenant_id, device_id=device_id)
    predictions = PredictionRepository(uow, tenant_id)
    prediction_id = new_id()
    values: dict[str, Any] = {
        "prediction_id": prediction_id,
        "device_id": device_id,
        "part": part,
        "basis": Basis.RULE if probability_percent is None else Basis.MODEL,
        "probability_percent": probability_percent,
        "residuals": list(residuals),
        "others": list(others),
        "day": day,
        "window_until": day + timedelta(days=horizon_d),
        "model_id": model_id,
        "model": model,
        "features_hash": features_hash,
        "state": PredictionState.RAISED,
        "raised_at": clock.now(),
    }
    if not predictions.add(values):
        return None
    uow.emit(PredictionRaised(tenant_id=tenant_id, prediction_id=prediction_id))
    uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=device_id))
    return predictions.get(prediction_id)


def prediction(uow: UnitOfWork, *, tenant_id: str, prediction_id: UUID) -> Prediction:
    """One prediction; `NotFoundError` where the tenant has none such."""
    return PredictionRepository(uow, tenant_id).get(prediction_id)


def predictions_of(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_ids: Collection[str] | None = None,
    states: Collection[PredictionState] | None = None,
    limit: int = 200,
) -> Sequence[Prediction]:
    """Predictions, newest first; of these devices and in these states where given."""
    return PredictionRepository(uow, tenant_id).listed(device_ids, states, limit)


def held_back(uow: UnitOfWork, *, tenant_id: str, since: datetime) -> set[tuple[str, str]]:
    """(device_id, part) about which nothing new is said: a prediction is open, or one was raised or
    ended since then."""
    return PredictionRepository(uow, tenant_id).held_back(since)


def mark_ticketed(uow: UnitOfWork, *, tenant_id: str, prediction_id: UUID) -> Prediction:
    """A ticket carries it now. Repeating it, or after the end, changes nothing."""
    found = PredictionRepository(uow, tenant_id).get(prediction_id, lock=True)
    if found.state is PredictionState.RAISED:
        found.state = PredictionState.TICKETED
        uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=found.device_id))
    return found


def label(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    prediction_id: UUID,
    outcome: LabelOutcome,
    actor: str,
) -> FaultLabel:
    """Say what a visit found. Labels are never changed: a second one supersedes the first.

    A confirmed part was replaced: its life begins anew. `NotFoundError` where the tenant has no
    such prediction.
    """
    predictions = PredictionRepository(uow, tenant_id)
    found = predictions.get(prediction_id, lock=True)
    outcome = LabelOutcome(outcome)
    confirmed = outcome is LabelOutcome.CONFIRMED_PART
    given = FaultLabel(
        prediction_id=prediction_id,
        tenant_id=tenant_id,
        device_id=found.device_id,
        part=found.part,
        day=found.day,
        outcome=outcome,
        actor=actor,
        model=found.model,
        features_hash=found.features_hash,
        at=clock.now(),
    )
    predictions.add_label(given)
    if confirmed and found.state is not PredictionState.CONFIRMED:
        days.note_service(
            uow,
            tenant_id=tenant_id,
            device_id=found.device_id,
            part=found.part.value,
            actor=actor,
        )
    found.state = PredictionState.CONFIRMED if confirmed else PredictionState.DISMISSED
    found.ended_at = found.ended_at or clock.now()
    uow.emit(DeviceChanged(tenant_id=tenant_id, device_id=found.device_id))
    return given


def labels_of(uow: UnitOfWork, *, tenant_id: str, prediction_id: UUID) -> Sequence[FaultLabel]:
    """What was said of a prediction, oldest first: the last one counts."""
    predictions = PredictionRepository(uow, tenant_id)
    return predictions.labels(predictions.get(prediction_id).prediction_id)


def labelled(uow: UnitOfWork, *, tenant_id: str) -> Sequence[FaultLabel]:
    """What visits taught: the label that counts of each prediction that somebody went for."""
    newest = PredictionRepository(uow, tenant_id).newest_labels()
    return [one for one in newest if one.outcome is not LabelOutcome.NOT_VISITED]
