"""The exchange over HTTP: signed orders of the platform, and pages for people."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response

from tapline.errors import NotFoundError
from tapline.hotline import PortCommand, RefusedCommandError
from tapline_ops import signature
from tapline_ops.telephony import pages, wire
from tapline_ops.telephony.messenger import Messenger
from tapline_ops.telephony.service import Telephony

_BYTES_MAX = 64 * 1024


def create_app(telephony: Telephony, messenger: Messenger, *, key: bytes, dnis: str) -> FastAPI:
    """The application; its messenger runs for as long as it is served.

    `dnis` is the hotline number that the page dials.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=messenger.run, args=(stop,), name="messenger")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    app = FastAPI(title="Simulated telephone exchange", lifespan=lifespan, openapi_url=None)
    app.state.telephony, app.state.key, app.state.dnis = telephony, key, dnis
    app.add_exception_handler(RefusedCommandError, _refused)
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(signature.SignatureError, _unsigned)
    app.add_exception_handler(msgspec.MsgspecError, _malformed)
    app.include_router(_platform)
    app.include_router(pages.router)
    return app


_platform = APIRouter()


async def _signed(request: Request) -> bytes:
    """The body of a request that the platform signed for this very path."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BYTES_MAX:
            raise RefusedCommandError(f"a request has at most {_BYTES_MAX} bytes")
    headers = {name.lower(): value for name, value in request.headers.items()}
    signature.verified(request.app.state.key, request.url.path, headers, bytes(body))
    return bytes(body)


Signed = Annotated[bytes, Depends(_signed)]


@_platform.post(wire.COMMANDS)
def command(request: Request, body: Signed) -> Response:
    """Carry out an order; the same one again is carried out once."""
    asked = msgspec.json.decode(body, type=wire.CommandOrder)
    order = PortCommand(asked.command_id, asked.call_ref, asked.kind, asked.arguments)
    telephony: Telephony = request.app.state.telephony
    # A refusal is remembered like anything else: it leaves the transaction as an answer.
    refusal = telephony.act(lambda switchboard: switchboard.answer_to(order))
    return _told(409, refusal) if refusal else Response(status_code=204)


@_platform.post(wire.LIVE_CALLS)
def live_calls(request: Request, body: Signed) -> Response:
    """Which calls go on."""
    telephony: Telephony = request.app.state.telephony
    refs = telephony.act(lambda switchboard: switchboard.live_calls())
    return _json(wire.LiveCalls(sorted(refs)))


@_platform.post(wire.PLACE)
def place(request: Request, body: Signed) -> Response:
    """Let somebody call."""
    asked = msgspec.json.decode(body, type=wire.Placing)
    telephony: Telephony = request.app.state.telephony
    line = telephony.act(
        lambda switchboard: switchboard.place(ani=asked.ani, dnis=asked.dnis, caller=asked.caller)
    )
    return _json(wire.Placed(line.ref))


def _refused(_: Request, error: Exception) -> Response:
    return _told(409, str(error))


def _not_found(_: Request, error: Exception) -> Response:
    return _told(404, str(error))


def _unsigned(_: Request, error: Exception) -> Response:
    return _told(401, str(error))


def _malformed(_: Request, error: Exception) -> Response:
    return _told(422, str(error))


def _told(status: int, detail: str) -> Response:
    return _json(wire.Refusal(detail), status)


def _json(value: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
