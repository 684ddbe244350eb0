"""Messages to people: told once, tried again, never sent from within a transaction."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tapline import clock, notices
from tapline.notices import FileSms, Notice, NoticeState, SmsRefusedError
from tapline.uow import Database
from tests import factories

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class Unreliable:
    """A provider that fails as often as it is told to."""

    def __init__(self, failures: int = 0, *, refuses: bool = False) -> None:
        self.sent: list[UUID] = []
        self._failures = failures
        self._refuses = refuses

    def send(self, *, notice_id: UUID, phone: str, text: str) -> None:
        if self._refuses:
            raise SmsRefusedError("no such number")
        if self._failures:
            self._failures -= 1
            raise TimeoutError("gateway busy")
        self.sent.append(notice_id)


@pytest.fixture
def database(fresh_database: Database) -> Database:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
    return fresh_database


def _queue(database: Database, key: str = "refund:1", *, secret: bool = False) -> None:
    with database.transaction() as uow:
        notices.queue_sms(
            uow,
            tenant_id="demo",
            dedupe_key=key,
            phone="13800138000",
            text="退款 1.00 元",
            secret=secret,
        )


def _states(database: Database) -> list[tuple[NoticeState, str]]:
    with database.transaction() as uow:
        rows = uow.session.scalars(select(Notice).order_by(Notice.created_at))
        return [(row.state, row.text) for row in rows]


def test_the_same_news_is_told_once(database: Database) -> None:
    provider = Unreliable()
    _queue(database)
    _queue(database)

    assert notices.send_waiting(database, provider) == 1
    assert notices.send_waiting(database, provider) == 0
    assert len(provider.sent) == 1


def test_a_busy_provider_is_asked_again_later_with_the_same_id(database: Database) -> None:
    provider = Unreliable(failures=2)
    with clock.frozen(NOON):
        _queue(database)
        assert notices.send_waiting(database, provider) == 0
        assert notices.send_waiting(database, provider) == 0  # not at once
        clock.advance(timedelta(seconds=11))
        assert notices.send_waiting(database, provider) == 0
        clock.advance(timedelta(seconds=21))
        assert notices.send_waiting(database, provider) == 1

    assert _states(database) == [(NoticeState.SENT, "退款 1.00 元")]


def test_a_refused_message_is_given_up_at_once(database: Database) -> None:
    _queue(database)

    notices.send_waiting(database, Unreliable(refuses=True))

    assert _states(database)[0][0] is NoticeState.FAILED


def test_a_code_is_not_sent_after_its_end_and_not_kept(database: Database) -> None:
    provider = Unreliable()
    with clock.frozen(NOON):
        _queue(database, "code:1", secret=True)
        notices.send_waiting(database, provider)
        _queue(database, "code:2", secret=True)
        clock.advance(timedelta(minutes=6))
        notices.send_waiting(database, provider)

    assert _states(database) == [(NoticeState.SENT, "…"), (NoticeState.FAILED, "…")]
    assert len(provider.sent) == 1


def test_the_file_holds_a_line_a_message_readable_by_its_owner_alone(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "sms.jsonl"
    _queue(database)

    notices.send_waiting(database, FileSms(path))

    line = json.loads(path.read_text("utf-8"))
    assert (line["phone"], line["text"]) == ("13800138000", "退款 1.00 元")
    assert path.stat().st_mode & 0o077 == 0
