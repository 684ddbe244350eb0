"""The cashier over HTTP: signed requests of merchants, and pages for people."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response

from tapline.errors import NotFoundError
from tapline_ops import signature
from tapline_ops.cashier import pages, wire
from tapline_ops.cashier.messenger import Messenger
from tapline_ops.cashier.service import Cashier, RefusedError, TooSoonError

Asked = TypeVar("Asked")

_BYTES_MAX = 64 * 1024


def create_app(cashier: Cashier, messenger: Messenger, *, key: bytes) -> FastAPI:
    """The application; its messenger runs for as long as it is served."""

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

    app = FastAPI(title="Simulated cashier", lifespan=lifespan, openapi_url=None)
    app.state.cashier, app.state.key = cashier, key
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(TooSoonError, _too_soon)
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(signature.SignatureError, _unsigned)
    app.add_exception_handler(msgspec.MsgspecError, _malformed)
    app.include_router(_merchants())
    app.include_router(pages.router)
    return app


def _merchants() -> APIRouter:
    router = APIRouter(prefix="/api")

    def verb(path: str, kind: type[Asked], do: Callable[[Cashier, Asked], Any]) -> None:
        def answer(request: Request, body: Annotated[bytes, Depends(_signed)]) -> Response:
            asked = msgspec.json.decode(body, type=kind)
            done = do(request.app.state.cashier, asked)
            return Response(msgspec.json.encode(done), media_type="application/json")

        router.post(path)(answer)

    verb("/orders", wire.PayRequest, lambda cashier, asked: wire.PayAnswer(cashier.prepare(asked)))
    verb("/orders/query", wire.OrderNumber, Cashier.query)
    verb("/orders/close", wire.OrderNumber, Cashier.close)
    verb("/orders/brought-along", wire.BroughtAlong, Cashier.bring_along)
    verb("/refunds", wire.RefundRequest, Cashier.refund)
    verb("/refunds/query", wire.RefundNumber, Cashier.query_refund)
    verb("/bills", wire.BillRequest, Cashier.bill)
    verb("/bills/spoil", wire.SpoiltBill, Cashier.spoil)
    return router


async def _signed(request: Request) -> bytes:
    """The body of a request that a merchant signed for this very path."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BYTES_MAX:
            raise RefusedError("too_long", f"a request has at most {_BYTES_MAX} bytes")
    headers = {name.lower(): value for name, value in request.headers.items()}
    signature.verified(request.app.state.key, request.url.path, headers, bytes(body))
    return bytes(body)


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return _told(409, error.code, str(error))


def _too_soon(_: Request, error: Exception) -> Response:
    return _told(429, "too_soon", str(error))


def _not_found(_: Request, error: Exception) -> Response:
    return _told(404, "not_found", str(error))


def _unsigned(_: Request, error: Exception) -> Response:
    return _told(401, "unsigned", str(error))


def _malformed(_: Request, error: Exception) -> Response:
    return _told(422, "malformed", str(error))


def _told(status: int, code: str, detail: str) -> Response:
    body = msgspec.json.encode(wire.Refusal(code, detail))
    return Response(body, status, media_type="application/json")
