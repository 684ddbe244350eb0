"""A real browser against a real server, both on this machine alone."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tests.integration.payments.provider import FakeProvider

HOTLINE = "400-000-1234"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Debian's Chromium: Playwright's own download is out of reach."""
    return shutil.which("chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium for as long as the block lasts."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=_ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def served(database: Database) -> Iterator[str]:
    """The application over `database` on a free port; its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        pages = WebConfig(origin=origin, hotline=HOTLINE, requests_per_minute=100_000)
        app = create_app(database, pages, {"wechat": FakeProvider()})
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _until_started(server)
            yield origin
        finally:
            server.should_exit = True
            thread.join()


def _until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
