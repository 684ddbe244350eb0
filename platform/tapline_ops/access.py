"""How a command reaches the database: the configured one, the running one, or one of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from tapline.settings import settings
from tapline.uow import Database, UnitOfWork
from tapline_ops import provision
from tapline_ops.connection import connected
from tapline_ops.datafolder import DataFolder
from tapline_ops.embedded.postgres import EmbeddedPostgres


class NothingHereError(RuntimeError):
    """There is no data to work on."""


@contextmanager
def database(folder: DataFolder, *, existing: bool = False) -> Iterator[Database]:
    """The database that belongs to `folder`, for as long as the block lasts.

    `TAPLINE_DATABASE_URL` wins; then what `tapline up` runs on the folder; else the folder's own
    server is started for this block. With `existing` an empty folder is a mistake and not a
    beginning.
    """
    state = folder.run_state()
    url = configured_url() or (state.database_url if state else None)
    if url is not None:
        with connected(url) as opened:
            yield opened
        return
    if existing and not folder.postgres.exists():
        raise NothingHereError(f"{folder.path} holds no data: give --data-dir, or `tapline up`")
    with _own_server(folder) as opened:
        yield opened


@contextmanager
def transaction(folder: DataFolder, *, existing: bool = False) -> Iterator[UnitOfWork]:
    """One transaction on the database that belongs to `folder`."""
    with database(folder, existing=existing) as opened, opened.transaction() as uow:
        yield uow


def configured_url() -> str | None:
    """The database named in the environment, if one is."""
    given = settings()
    return given.database_url if "database_url" in given.model_fields_set else None


@contextmanager
def _own_server(folder: DataFolder) -> Iterator[Database]:
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.lock.acquire("a `tapline` command, for a moment")
    server = EmbeddedPostgres(folder.postgres, folder.ports().database)
    try:
        server.start()
        with connected(server.url) as opened:
            provision.prepare(opened)
            yield opened
    finally:
        server.stop()
        folder.lock.release()
