"""Records as makers' machines send them: what they mean to us must stay the same for ever."""

import json
from pathlib import Path

import msgspec
import pytest

from tapline_gateway.vendors import ADAPTERS, UnreadableError

RECORDS = Path(__file__).parents[2] / "golden" / "vendors"
GOLDEN = sorted(path for path in RECORDS.glob("*/*") if not path.name.endswith(".canonical.json"))


@pytest.mark.req("C35")
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_golden_record_means_what_it_always_meant(path: Path) -> None:
    meant = json.loads(path.with_name(f"{path.stem}.canonical.json").read_text("utf-8"))
    adapter = ADAPTERS[path.parent.name]
    try:
        said = adapter.read(meant["address"], path.read_bytes())
    except UnreadableError as error:
        read = {"machine": error.foreign_id, "ref": error.ref, "unreadable": str(error)}
    else:
        message = msgspec.to_builtins(said.message)
        read = {
            "machine": said.foreign_id,
            "ref": said.ref,
            "name": said.name,
            "message": message,
        }

    assert {"address": meant["address"], **read} == meant


@pytest.mark.parametrize("vendor", sorted(ADAPTERS))
def test_every_adapter_has_golden_records_both_good_and_bad(vendor: str) -> None:
    meant = [
        json.loads(path.read_text("utf-8")) for path in (RECORDS / vendor).glob("*.canonical.json")
    ]

    assert any("message" in one for one in meant)
    assert any("unreadable" in one for one in meant)
