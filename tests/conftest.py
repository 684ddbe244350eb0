"""A real PostgreSQL for every test that asks: one server a run, databases cloned from one."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import OperationalError

from tapline import migrations
from tapline.uow import Database, UnitOfWork
from tapline_ops.embedded.postgres import EmbeddedPostgres
from tests.stateful import rolled_back

# A deadline would be an assertion about this machine's speed.
settings.register_profile("tapline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tapline")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL whose role may create databases.

    Set `TAPLINE_TEST_DATABASE_URL` to use one that runs already.
    """
    given = os.environ.get("TAPLINE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="tapline-test-"))
    folder.chmod(0o711)  # as root the server is another user, who must pass
    postgres = EmbeddedPostgres(folder / "postgres")
    try:
        postgres.start()
        yield postgres.url
    finally:
        postgres.remove()
        shutil.rmtree(folder)


class Template:
    """A database with the present schema and no rows, to be cloned."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self.url = server.set(database=f"tapline_test_{secrets.token_hex(6)}")

    def create(self) -> None:
        """Make it; until then there is nothing to clone."""
        self._on_server(f'create database "{self.url.database}"')
        engine = create_engine(self.url)
        try:
            migrations.upgrade(engine)
        finally:
            engine.dispose()

    @contextmanager
    def cloned(self) -> Iterator[Database]:
        """A database of the caller's own for as long as the block lasts."""
        url = self.url.set(database=f"{self.url.database}_{secrets.token_hex(4)}")
        self._on_server(f'create database "{url.database}" template "{self.url.database}"')
        database = Database(url.render_as_string(hide_password=False))
        try:
            yield database
        finally:
            database.close()
            self.drop(url)

    def drop(self, url: URL) -> None:
        """Delete a database, whoever is still connected.

        Without force the server sends its own vacuum away, which with force we may not.
        """
        drop = f'drop database if exists "{url.database}"'
        try:
            self._on_server(drop)
        except OperationalError:
            self._on_server(f"{drop} with (force)")

    def _on_server(self, statement: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[Template]:
    template = Template(make_url(server_url))
    try:
        template.create()
        yield template
    finally:
        template.drop(template.url)


@pytest.fixture(scope="session")
def database(template: Template) -> Iterator[Database]:
    """The database that tests share; what they do in it goes through `uow` and is rolled back."""
    with template.cloned() as database:
        yield database


@pytest.fixture
def uow(database: Database) -> Iterator[UnitOfWork]:
    """A transaction that is never committed, so no test sees another's rows."""
    with rolled_back(database) as uow:
        yield uow


@pytest.fixture
def fresh_database(template: Template) -> Iterator[Database]:
    """An empty database of the test's own, for tests that commit."""
    with template.cloned() as database:
        yield database
