"""A revoked device is cut off at an EMQX, however often that takes."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tapline.devices import credentials, evictions
from tapline.events import CredentialsChanged
from tapline.outbox.model import OutboxMessage
from tapline.settings import Settings
from tapline.uow import Database
from tapline_ops.providers.brokers import Emqx, kicker
from tests import factories


class FakeEmqx(ThreadingHTTPServer):
    """The management API, as far as it ends clients; `connected` are there, `broken` it fails."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.connected: set[str] = set()
        self.broken = False
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Api(BaseHTTPRequestHandler):
    server: FakeEmqx

    def do_DELETE(self) -> None:
        self.server.asked.append(self.path)
        login = base64.b64encode(b"key:secret").decode()
        client = self.path.removeprefix("/api/v5/clients/")
        if self.headers["Authorization"] != f"Basic {login}":
            self._say(401)
        elif self.server.broken:
            self._say(503)
        elif client in self.server.connected:
            self.server.connected.discard(client)
            self._say(204)
        else:
            self._say(404)

    def _say(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def served() -> Iterator[FakeEmqx]:
    with FakeEmqx() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def emqx() -> Iterator[FakeEmqx]:
    with served() as server:
        yield server


def ask(database: Database, client_id: str) -> None:
    with database.transaction() as uow:
        evictions.ask(uow, client_id=client_id)


def test_a_revocation_ends_the_connection_and_only_that_one(
    fresh_database: Database, emqx: FakeEmqx
) -> None:
    emqx.connected |= {"A", "B"}
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.device(uow, "A")
        credentials.revoke(uow, tenant_id="demo", device_id="A", actor="x", reason="stolen")
    with fresh_database.transaction() as uow:
        events = [
            row.payload
            for row in uow.session.query(OutboxMessage)
            if row.type == CredentialsChanged.__name__
        ]
        assert [event["cuts"] for event in events] == [True]
        evictions.ask(uow, client_id=events[0]["device_id"])
    kick = Emqx(emqx.url, key="key", secret="secret").kick

    assert evictions.carry_out(fresh_database, kick) == 1
    assert emqx.connected == {"B"}
    assert evictions.carry_out(fresh_database, kick) == 0, "once is enough"
    assert emqx.asked == ["/api/v5/clients/A"]


def test_a_broker_that_is_away_or_refuses_is_asked_again(
    fresh_database: Database, emqx: FakeEmqx
) -> None:
    emqx.connected, emqx.broken = {"A"}, True
    ask(fresh_database, "A")
    for kick in (
        Emqx(emqx.url, key="key", secret="secret").kick,
        Emqx(emqx.url, key="key", secret="wrong").kick,
        Emqx("http://127.0.0.1:9", key="key", secret="secret").kick,
    ):
        assert evictions.carry_out(fresh_database, kick) == 0
        with fresh_database.transaction() as uow:
            (row,) = evictions.failing(uow)
            assert row.failure
    emqx.broken = False
    assert evictions.carry_out(fresh_database, Emqx(emqx.url, key="key", secret="secret").kick) == 1
    assert emqx.connected == set()


def test_who_is_not_connected_counts_as_cut_off(fresh_database: Database, emqx: FakeEmqx) -> None:
    ask(fresh_database, "gone")
    kick = Emqx(emqx.url, key="key", secret="secret").kick
    assert evictions.carry_out(fresh_database, kick) == 1


def test_without_an_address_nobody_is_asked() -> None:
    assert kicker(Settings(emqx_api_url="")) is None
    assert kicker(Settings(emqx_api_url="http://x", emqx_api_key="k")) is not None
