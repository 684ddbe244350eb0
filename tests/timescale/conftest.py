"""TimescaleDB without a server to install: PostgreSQL compiled to WebAssembly, run by Node."""

import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tapline.uow import Database

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache"
NEEDED = ("package.json", "server.mjs")


@pytest.fixture(scope="session")
def installed() -> Path:
    """A folder with the packages, filled by npm the first time."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node and npm are not installed: TimescaleDB is not tested here")
    wanted = b"".join((HERE / name).read_bytes() for name in NEEDED)
    folder = CACHE / f"timescale-{sha256(wanted).hexdigest()[:12]}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in NEEDED:
            shutil.copy(HERE / name, folder / name)
        command = [npm, "install", "--no-audit", "--no-fund", "--legacy-peer-deps"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm could not install TimescaleDB: {done.stderr.strip()[-300:]}")
        (folder / "complete").touch()
    return folder


@pytest.fixture(scope="module")
def timescale(installed: Path) -> Iterator[Database]:
    """An empty database; it takes one connection at a time."""
    server = subprocess.Popen(
        ["node", "server.mjs"],
        cwd=installed,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    # It asks for a password and takes any, and it speaks no TLS.
    url = f"postgresql+psycopg://postgres:any@127.0.0.1:{port}/postgres?sslmode=disable"
    database = Database(url, pool_size=1)
    try:
        yield database
    finally:
        database.close()
        server.stdin.close()
        server.stdout.close()
        server.wait()
