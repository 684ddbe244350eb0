"""The REST interface, version 1. Staff sign in for a bearer token; errors are problem documents."""

from fastapi import APIRouter
from pydantic import BaseModel

from tapline_api.rest import (
    cards,
    devices,
    findings,
    ledger,
    payments,
    sessions,
    statements,
    telephony,
    tickets,
    vendors,
)


class Problem(BaseModel):
    """RFC 9457. `code` is stable and for branching on; `detail` says what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str


__all__ = ["payments", "router", "telephony", "vendors"]

router = APIRouter(
    responses={
        status: {"model": Problem, "content": {"application/problem+json": {}}}
        for status in (401, 403, 404, 409, 422, 429)
    }
)
for _room in (sessions, devices, cards, statements, findings, tickets, ledger):
    router.include_router(_room.router)
