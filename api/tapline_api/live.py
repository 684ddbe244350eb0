"""Live pages: one stream a page that carries names only; fragments fetch themselves anew.

Whoever listens is told that something of a kind has changed, never what: the fetch asks with its
own rights.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import psycopg
from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import URL

from tapline_api.deps import CurrentStaff, limited

NAMES = {
    "TicketChanged": "tickets",
    "DeviceChanged": "devices",
    "FindingRaised": "findings",
    "FactsStored": "pours",
    "CorrectionPosted": "pours",
    "CorrectionHeld": "pours",
    "ResponsibilityChanged": "responsibility",
    "DeskMoved": "desk",
    "OfferMade": "work",
    "OfferEnded": "work",
    "CallChanged": "calls",
    "RefundChanged": "refunds",
    "OrderChanged": "orders",
    "WorkOrderChanged": "field",
    "OutageChanged": "outages",
    "PlannedOutageChanged": "outages",
    "PredictionRaised": "predictions",
    "RolloutChanged": "rollouts",
}
_AT_MOST_EVERY_S = 1.0
_BREATH_S = 15.0
"""A comment this often keeps proxies from closing a quiet stream."""
_LONGEST_S = 600.0
"""Then the browser comes again, and is asked again who it is."""


class Live:
    """Fans the database's notifications out to the streams of this process."""

    def __init__(self, database_url: URL) -> None:
        plain = database_url.set(drivername="postgresql")
        self._conninfo = plain.render_as_string(hide_password=False)
        self._streams: set[_Stream] = set()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen for as long as the block lasts."""
        task = asyncio.create_task(self._listen_forever())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _listen_forever(self) -> None:
        wait_s = 0.5
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._conninfo, autocommit=True
                ) as connection:
                    await connection.execute("listen tapline_outbox")
                    wait_s = 0.5
                    self._tell_all(set(NAMES.values()))  # something may have passed unheard
                    async for notification in connection.notifies():
                        if name := NAMES.get(notification.payload):
                            self._tell_all({name})
            except psycopg.OperationalError:
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, 30)

    def _tell_all(self, names: set[str]) -> None:
        for stream in self._streams:
            stream.tell(names)

    async def names(self) -> AsyncIterator[ServerSentEvent]:
        """What one page is told, a name at a time; ten changes a second are one."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _LONGEST_S
        with self._stream() as stream:
            yield ServerSentEvent(comment="open")
            while loop.time() < end:
                told = await stream.wait()
                if not told:
                    yield ServerSentEvent(comment="still here")
                for name in sorted(told):
                    yield ServerSentEvent(event=name, raw_data="1")
                await asyncio.sleep(_AT_MOST_EVERY_S)

    @contextlib.contextmanager
    def _stream(self) -> "Iterator[_Stream]":
        stream = _Stream()
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.discard(stream)


class _Stream:
    """The names that one page has not been told yet."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._changed = asyncio.Event()

    def tell(self, names: set[str]) -> None:
        self._names |= names
        self._changed.set()

    async def wait(self) -> set[str]:
        """What has changed since the last time; empty after a while of silence."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), _BREATH_S)
        self._changed.clear()
        names, self._names = self._names, set()
        return names


router = APIRouter(dependencies=[Depends(limited)], include_in_schema=False)


@router.get("/live", response_class=EventSourceResponse)
async def live(request: Request, member: CurrentStaff) -> AsyncIterator[ServerSentEvent]:
    """The stream of a signed-in page."""
    hub: Live = request.app.state.live
    async for event in hub.names():
        yield event
