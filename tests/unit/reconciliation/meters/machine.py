"""A machine that counts rightly, told shortly; tests make it lie."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tapline.policy import Policy
from tapline.reconciliation.findings.rules import Found
from tapline.reconciliation.meters.rules import Machine, judge
from tapline.reconciliation.meters.sightings import Sighting

START = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def pour(seq: int, **changes: Any) -> Sighting:
    """A whole pour of 1.00 yuan and 1500 ml, ten minutes after the one before it, heard at once."""
    moment = changes.get("moment", START + timedelta(minutes=10 * seq))
    sighting = Sighting(
        seq=seq,
        boot=1,
        moment=moment,
        received_at=START + timedelta(minutes=10 * seq, seconds=1),
        clk="ntp",
        off=False,
        op="debit",
        status="ok",
        amt_fen=100,
        ml=1500,
        ml_req=1500,
        pulses=675,
        total_n=1000 + seq,
        total_fen=100_000 + 100 * seq,
        total_ml=1_500_000 + 1500 * seq,
        is_sure=True,
    )
    return sighting._replace(**changes)


def pours(first: int, last: int) -> list[Sighting]:
    """Whole pours, `first` to `last`."""
    return [pour(seq) for seq in range(first, last + 1)]


def later(facts: Sequence[Sighting], **by: int) -> list[Sighting]:
    """The same facts, counted on from elsewhere: `n`, `fen`, `ml` more."""
    return [
        fact._replace(
            **{f"total_{name}": getattr(fact, f"total_{name}") + more for name, more in by.items()}
        )
        for fact in facts
    ]


def found(facts: Sequence[Sighting], **changes: Any) -> dict[tuple[str, str], Found]:
    """(code, subject) -> what holds of machine A by its facts, under the default policy."""
    findings = judge(Machine(device_id="A", facts=facts, **changes), Policy())
    return {(key.code, key.subject): one for key, one in findings.items()}
