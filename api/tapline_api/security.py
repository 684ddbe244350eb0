"""Headers that every answer carries, and the proof that a form is one of ours."""

import hmac
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, status
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapline_api.config import WebConfig

CSP = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class SecurityHeaders:
    """Adds the headers; what is not a static file is never kept by a cache."""

    def __init__(self, app: ASGIApp, config: WebConfig) -> None:
        self._app = app
        self._headers = dict(_ALWAYS)
        if config.secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the head of its answer."""

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, completed)


class ForgedFormError(HTTPException):
    """The form did not come from a page of this session."""

    def __init__(self) -> None:
        super().__init__(
            status.HTTP_403_FORBIDDEN, "reload the page and send the form again: it has grown old"
        )


def check_origin(request: Request) -> None:
    """Refuse a change that another site's page asks for.

    Browsers state the origin of every POST; a client that states none is no browser, and has no
    cookie that it did not fetch itself.
    """
    stated = request.headers.get("origin") or request.headers.get("referer")
    if request.method in _SAFE_METHODS or stated is None:
        return
    config: WebConfig = request.app.state.config
    own = {config.origin, f"{request.url.scheme}://{request.url.netloc}"}
    parts = urlsplit(stated)
    if f"{parts.scheme}://{parts.netloc}" not in own:
        raise ForgedFormError


async def check_token(request: Request, csrf_token: str) -> None:
    """Refuse a change whose form or header does not carry the session's own token."""
    if request.method in _SAFE_METHODS:
        return
    stated = request.headers.get("x-csrf-token")
    if stated is None:
        field = (await request.form()).get("csrf")
        stated = field if isinstance(field, str) else ""
    if not hmac.compare_digest(stated.encode(), csrf_token.encode()):
        raise ForgedFormError
