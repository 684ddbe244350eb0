"""What went wrong, told as the asker reads it: as a problem document, page or fragment."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from tapline.errors import (
    ConflictError,
    DeniedError,
    InvalidError,
    NotFoundError,
    TaplineError,
    TooManyError,
)
from tapline_api.deps import SignInNeededError, WrongDoorError
from tapline_api.redirects import see_other
from tapline_api.security import ForgedFormError
from tapline_api.templating import render

_STATUS: dict[type[TaplineError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DeniedError: HTTPStatus.FORBIDDEN,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
}
_CODES = {
    HTTPStatus.UNAUTHORIZED: "signed_out",
    HTTPStatus.FORBIDDEN: "denied",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
}


def install(app: FastAPI) -> None:
    """Let every error of ours and of the framework be told by this module."""
    app.add_exception_handler(TaplineError, _business)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(Exception, _unexpected)


def _business(request: Request, error: Exception) -> Response:
    assert isinstance(error, TaplineError)
    status = next(
        (_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), HTTPStatus.BAD_REQUEST
    )
    headers = {"Retry-After": str(error.retry_s)} if isinstance(error, TooManyError) else {}
    return _told(request, status, error.code, str(error), headers)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if isinstance(error, SignInNeededError) and not _wants_problem(request):
        return _to_door(request, error.door)
    code = _CODES.get(status, "refused")
    if isinstance(error, ForgedFormError):
        code = "forged"
    if isinstance(error, WrongDoorError):
        code = "wrong_door"
    return _told(request, status, code, str(error.detail), dict(error.headers or {}))


def _to_door(request: Request, door: str) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": door})
    return see_other(door)


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Only where and why: what was sent may be a password.
    flaws = [
        {"where": ".".join(str(step) for step in flaw["loc"]), "why": flaw["msg"]}
        for flaw in error.errors()
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if any(flaw["where"].startswith("path.") for flaw in flaws):
        status = HTTPStatus.NOT_FOUND  # no such address can exist
    code = "not_found" if status == HTTPStatus.NOT_FOUND else "invalid"
    detail = "; ".join(f"{flaw['where']}: {flaw['why']}" for flaw in flaws)
    return _told(request, status, code, detail, {})


def _unstorable(request: Request, error: Exception) -> Response:
    """No row can hold what was asked for: a NUL in a text, a number beyond all numbers."""
    if request.method == "GET":
        return _told(request, HTTPStatus.NOT_FOUND, "not_found", "there is no such thing", {})
    detail = "a value cannot be stored: mend it and send it again"
    return _told(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, {})


def _unexpected(request: Request, error: Exception) -> Response:
    detail = "something failed on our side; nothing was changed"
    return _told(request, HTTPStatus.INTERNAL_SERVER_ERROR, "failed", detail, {})


def _wants_problem(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _told(
    request: Request, status: HTTPStatus, code: str, detail: str, headers: dict[str, str]
) -> Response:
    if _wants_problem(request):
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value}
        return JSONResponse(
            problem | {"code": code, "detail": detail},
            status,
            headers,
            media_type="application/problem+json",
        )
    fragment = "hx-request" in request.headers
    return render(
        request,
        "shared/problem.html" if fragment else "shared/error.html",
        status_code=status,
        headers=headers,
        status=status.value,
        code=code,
        wait_s=headers.get("Retry-After"),
    )
