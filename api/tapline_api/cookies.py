"""Cookies: their names and flags, in one place."""

from fastapi import Request
from fastapi.responses import Response

from tapline_api.config import WebConfig

STAFF = "tapline-staff"
CUSTOMER = "tapline-customer"
_YEAR_S = 365 * 24 * 3600


def read(request: Request, name: str) -> str | None:
    """The value of a session cookie."""
    return request.cookies.get(_full_name(request, name))


def keep(request: Request, response: Response, name: str, token: str) -> None:
    """Let the browser hold a session token that no script can read.

    The server ends the session; the browser keeps the cookie for as long as one may live.
    """
    _set(request, response, _full_name(request, name), token)


def drop(request: Request, response: Response, name: str) -> None:
    """Take a session cookie back."""
    response.delete_cookie(
        _full_name(request, name), secure=_config(request).secure, httponly=True, samesite="lax"
    )


def remember(request: Request, response: Response, name: str, value: str) -> None:
    """Keep a preference of the reader's."""
    _set(request, response, name, value)


def _set(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_YEAR_S,
        secure=_config(request).secure,
        httponly=True,
        samesite="lax",
    )


def _full_name(request: Request, name: str) -> str:
    """With TLS the prefix keeps other hosts of the domain from setting it."""
    return f"__Host-{name}" if _config(request).secure else name


def _config(request: Request) -> WebConfig:
    config: WebConfig = request.app.state.config
    return config
