"""The morning card: what broke on a day, when it was or will be put right, words for residents."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tapline import clock, reports
from tapline_api.deps import CurrentManager, Transaction
from tapline_api.templating import render

router = APIRouter(prefix="/morning")


@router.get("")
def morning(
    request: Request,
    uow: Transaction,
    member: CurrentManager,
    day: Annotated[date | None, Query(ge=date(2020, 1, 1), le=date(2100, 1, 1))] = None,
) -> Response:
    """Yesterday, or another day; a card a site."""
    today = clock.business_date(clock.now())
    shown = min(day or today - timedelta(days=1), today)
    return render(
        request,
        "manager/morning.html",
        member=member,
        day=shown,
        earlier=shown - timedelta(days=1),
        later=shown + timedelta(days=1) if shown < today else None,
        mornings=reports.mornings(uow, scope=member.scope, day=shown),
    )
