"""Whose keys the gateway knows, and what strangers may cost it."""

import time

import pytest
from sqlalchemy import event

from tapline.uow import Database
from tapline_gateway import keyring
from tapline_gateway.keyring import KeyRing
from tests import factories
from tests.factories import VAULT


@pytest.fixture
def ring(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> KeyRing:
    """A ring that has just looked, and will not look by itself again."""
    monkeypatch.setattr(keyring, "_LOOK_EVERY_S", 3600.0)
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
    ring = KeyRing(fresh_database, VAULT)
    assert ring.keys_of("demo", "NOBODY") is None
    return ring


def test_a_device_registered_a_moment_ago_is_known_by_its_first_frame(
    fresh_database: Database, ring: KeyRing
) -> None:
    assert ring.keys_of("demo", "NEW-1", at_ms=now_ms()) is None, "somebody used its name before"
    with fresh_database.transaction() as uow:
        factories.device(uow, "NEW-1")

    assert ring.keys_of("demo", "NEW-1", at_ms=now_ms()) is not None
    assert ring.keys_of("other", "NEW-1", at_ms=now_ms()) is None


def test_strangers_make_us_read_the_database_once_for_all_that_comes_together(
    fresh_database: Database, ring: KeyRing
) -> None:
    asked: list[str] = []
    event.listen(
        fresh_database.engine, "before_cursor_execute", lambda *given: asked.append(given[2])
    )
    came_ms = now_ms()
    ring.keys_of("demo", "STRANGER", at_ms=came_ms)
    once = len(asked)
    for number in range(1_000):
        assert ring.keys_of("demo", f"STRANGER-{number}", at_ms=came_ms - number % 5) is None

    assert len(asked) == once > 0


def now_ms() -> int:
    return time.time_ns() // 1_000_000
