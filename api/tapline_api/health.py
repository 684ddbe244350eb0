"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Request, status
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from tapline import tenants
from tapline.uow import Database

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> PlainTextResponse:
    """The database answers, with its schema in place."""
    database: Database = request.app.state.database
    try:
        with database.transaction() as uow:
            tenants.ids(uow)
    except SQLAlchemyError:
        return PlainTextResponse("no database\n", status.HTTP_503_SERVICE_UNAVAILABLE)
    return PlainTextResponse("ok\n")
