"""A million mutated frames, and the table of what became of them.

    python -m tests.fuzz [--frames 1000000] [--out benchmarks/results/fuzz.md]

With atheris installed the mutations follow the coverage of the gateway; without it they are the
seeded ones alone. Exits with 1 where a frame raised anything undeclared, or was believed unsigned.
"""

import argparse
import importlib.util
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz.mutation import BYTES_MAX, mutated
from tests.fuzz.samples import ALL, FRAMES
from tests.fuzz.target import ForgeryError, tried_raw, tried_sealed

_RSS_MIB_MAX = 512


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many frames were tried, and what became of them."""

    way: str
    frames: int
    crashes: int
    forgeries: int
    edges: int | None
    rss_mib: int
    took_s: float


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    asked = parser.parse_args()
    try_all = _guided if importlib.util.find_spec("atheris") else _seeded
    outcome = try_all(asked.frames, asked.seed)
    told = _table(outcome, asked.seed)
    sys.stdout.write(told)
    if asked.out:
        asked.out.write_text(told, encoding="utf-8")
    return 1 if outcome.crashes or outcome.forgeries else 0


def _guided(frames: int, seed: int) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder)
        for place, sample in enumerate(ALL):
            for sealed, start in ((0, sample.raw), (1, sample.body)):
                (corpus / f"{sample.name}-{sealed}").write_bytes(bytes([place, sealed]) + start)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.guided", str(corpus)),
                *(f"-runs={frames}", f"-seed={seed}", f"-max_len={BYTES_MAX}"),
                *(f"-rss_limit_mb={_RSS_MIB_MAX}", "-timeout=10", f"-artifact_prefix={folder}/"),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    said = done.stdout + done.stderr
    if done.returncode:
        sys.stderr.write(said[-6000:])
    tried, edges = [int(one) for one in re.findall(r"^#(\d+)\s.*?cov: (\d+)", said, re.M)[-1]]
    forged = "ForgeryError" in said
    return Outcome(
        "atheris, guided by the coverage of the gateway",
        tried,
        int(bool(done.returncode) and not forged),
        int(forged),
        edges,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        time.monotonic() - began,
    )


def _seeded(frames: int, seed: int) -> Outcome:
    began = time.monotonic()
    crashes = forgeries = 0
    for number in range(frames):
        chance = Random(f"{seed}/{number}")
        sample, is_sealed = chance.choice(ALL), chance.random() < 0.5
        raw = mutated(chance, sample.body if is_sealed else sample.raw)
        try:
            (tried_sealed if is_sealed else tried_raw)(sample, raw)
        except ForgeryError:
            forgeries += 1
            traceback.print_exc()
        except Exception:
            crashes += 1
            traceback.print_exc()
    rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took_s = time.monotonic() - began
    way = "seeded mutations; atheris is not installed"
    return Outcome(way, frames, crashes, forgeries, None, rss_mib, took_s)


def _table(outcome: Outcome, seed: int) -> str:
    edges = "not counted" if outcome.edges is None else f"{outcome.edges:,}"
    return "\n".join(
        [
            f"# Fuzzing the wire: {outcome.frames:,} mutated frames, seed {seed}",
            "",
            f"{outcome.way}; {outcome.took_s:.0f} s.",
            "",
            "| frames | undeclared exceptions | forgeries believed | edges covered | peak RSS |",
            "|---|---|---|---|---|",
            f"| {outcome.frames:,} | {outcome.crashes} | {outcome.forgeries} | {edges}"
            f" | {outcome.rss_mib} MiB |",
            "",
            f"They start from {len(FRAMES)} frames, one of each message and more, and"
            f" {len(ALL) - len(FRAMES)} records of other makers; bits turned over, lengths changed,"
            " brackets nested, numbers no counter has, keys twice, text that is none. Half are"
            " signed anew, as by a broken firmware: these may be read, or refused with a declared"
            " reason. The others differ from every frame that was sealed: none may be believed.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
