"""The console: where people of the desk work."""

from fastapi import APIRouter

from tapline_api.web.console import (
    attachments,
    books,
    calls,
    cards,
    desk,
    fault_models,
    findings,
    machines,
    office,
    orders,
    payments,
    policies,
    predictions,
    refunds,
    ticket_acts,
    tickets,
    work,
)

_ROOMS = (
    work,
    desk,
    calls,
    tickets,
    ticket_acts,
    refunds,
    payments,
    policies,
    orders,
    predictions,
    fault_models,
    findings,
    cards,
    machines,
    books,
    office,
    attachments,
)

router = APIRouter()
for _room in _ROOMS:
    router.include_router(_room.router, prefix="/console")
