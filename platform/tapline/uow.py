"""The unit of work: one request, message batch or task is one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from tapline.events import Event
from tapline.outbox.model import OutboxMessage

_SILENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3",
}
"""Either end notices within a minute that the other one vanished without a word. By default it
takes hours: a process waits for an answer, or its transaction keeps its locks for as long."""


class UnitOfWork:
    """An open transaction. Repositories read and write through it; services emit to it."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def emit(self, event: Event) -> None:
        """Publish `event` if, and only if, this transaction commits."""
        self.session.add(OutboxMessage.of(event))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What raises inside leaves nothing behind: for an edge that answers a refusal with a
        page, and so goes on to commit."""
        with self.session.begin_nested():
            yield


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=pool_size,
            connect_args=_SILENCE,
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Commit on leaving the block; roll back if it raises. Nothing else ever commits."""
        with self._sessions.begin() as session:
            yield UnitOfWork(session)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
