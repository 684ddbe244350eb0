"""A handful of every failure in one short run; `make chaos` makes it a thousand."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.disk import SmallDisk
from tests.chaos.plan import SHORT, Kind, plan
from tests.chaos.siege import Siege

SEED = int(os.environ.get("TAPLINE_CHAOS_SEED", "7"))
RUN_S = 30


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that servers may pass which run as other users; the database's disk is small."""
    folder = Path(tempfile.mkdtemp(prefix="tapline-chaos-"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if SmallDisk.is_possible():
            stack.enter_context(SmallDisk(folder / "data" / "postgres"))
        yield folder


@pytest.mark.chaos
@pytest.mark.req("C2")
def test_nothing_is_lost_doubled_or_forged_whatever_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = dict(SHORT)
    if not (folder / "data" / "postgres").is_mount():
        wanted[Kind.DISK_FULL] = 0
        with capsys.disabled():
            print("no disk was full: only root may mount a small one")  # noqa: T201
    faults = plan(SEED, RUN_S, wanted)

    outcome = Siege(folder, seed=SEED, devices_n=5, announce=print).run(faults)

    assert outcome.problems == []
    assert outcome.unfinished == []
    assert outcome.missed == []
    struck = Counter(one.fault.kind for one in outcome.struck)
    assert struck == Counter(fault.kind for fault in faults)
    assert outcome.facts["written"] > 0
    assert outcome.facts["lost"] == outcome.facts["doubled"] == outcome.facts["forged"] == 0
    assert outcome.forged > 0
