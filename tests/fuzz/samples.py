"""What mutations start from: one of each message of ours, and each maker's golden records."""

import json
from dataclasses import dataclass
from pathlib import Path

_GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True, slots=True)
class Sample:
    """A good frame or record. `key` is none for makers' records, which `vendor` names."""

    name: str
    address: str
    raw: bytes
    key: bytes | None = None
    vendor: str = ""

    @property
    def body(self) -> bytes:
        """What is signed of it."""
        return self.raw.partition(b".")[2] if self.key else self.raw


def _frame(path: Path) -> Sample:
    told = dict(line.split(b": ", 1) for line in path.read_bytes().splitlines())
    key = bytes.fromhex(told[b"key"].decode())
    return Sample(path.stem, told[b"topic"].decode(), told[b"frame"], key)


def _record(path: Path) -> Sample:
    meant = json.loads(path.with_name(f"{path.stem}.canonical.json").read_text("utf-8"))
    vendor = path.parent.name
    return Sample(f"{vendor}-{path.stem}", meant["address"], path.read_bytes(), vendor=vendor)


FRAMES = tuple(map(_frame, sorted((_GOLDEN / "frames").glob("*.txt"))))
RECORDS = tuple(
    _record(path)
    for path in sorted((_GOLDEN / "vendors").glob("*/*"))
    if not path.name.endswith(".canonical.json")
)
ALL = FRAMES + RECORDS
