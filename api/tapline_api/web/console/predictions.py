"""Faults foreseen: which, how likely, and why; a fixed rule's word is no percentage."""

from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline import faults, reports, tickets
from tapline.faults import PredictionState, days
from tapline_api.deps import Transaction
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator

router = APIRouter(prefix="/predictions")


class Show(StrEnum):
    """Which predictions the list holds."""

    OPEN = "open"
    ENDED = "ended"


_STATES = {
    Show.OPEN: (PredictionState.RAISED, PredictionState.TICKETED),
    Show.ENDED: (PredictionState.CONFIRMED, PredictionState.DISMISSED),
}


@router.get("")
def predictions_page(
    request: Request, uow: Transaction, member: Operator, show: Show = Show.OPEN
) -> Response:
    """What is foreseen, newest first, and which model says so."""
    return render(
        request,
        "console/predictions.html",
        member=member,
        show=show,
        shows=list(Show),
        predictions=faults.predictions_of(uow, tenant_id=member.tenant_id, states=_STATES[show]),
        champion=faults.models.champion(uow, tenant_id=member.tenant_id),
    )


@router.get("/{prediction_id}")
def prediction_page(
    request: Request, uow: Transaction, member: Operator, prediction_id: UUID
) -> Response:
    """One prediction: the machine against its own beginning and its neighbours."""
    tenant_id = member.tenant_id
    found = faults.prediction(uow, tenant_id=tenant_id, prediction_id=prediction_id)
    return render(
        request,
        "console/prediction.html",
        member=member,
        prediction=found,
        device=reports.device_history(uow, scope=member.scope, device_id=found.device_id).view,
        ticket=tickets.of_prediction(uow, tenant_id=tenant_id, prediction_id=prediction_id),
        labels=faults.labels_of(uow, tenant_id=tenant_id, prediction_id=prediction_id),
        simulated=days.simulated_span(uow, tenant_id=tenant_id, device_id=found.device_id),
        models={one.model_id: one for one in faults.models.listed(uow, tenant_id=tenant_id)},
    )
