"""The report on a run: what the world did, what we recorded, and whether they agree."""

import tempfile
from pathlib import Path
from typing import Any

from tapline.uow import Database
from tapline_ops.demo.repository import DemoRepository
from tapline_ops.demo.truth import Books
from tapline_ops.export import export_all
from tapline_ops.provision import DEMO

Report = dict[str, Any]


def make(database: Database, truth_dir: Path, simulated: Report) -> Report:
    """The report; `simulated` is the simulator's own, amounts are in fen, times in ms."""
    with tempfile.TemporaryDirectory() as folder:
        export_all(database, Path(folder))
        books = Books.read(truth_dir, Path(folder))
    with database.transaction() as uow:
        figures = DemoRepository(uow, DEMO)
        by_source, refunds = figures.tickets_by_source(), figures.refunds()
        p50, p99 = figures.fact_to_posted_ms()
    return {
        "facts": {"published": simulated["published"], **books.facts()},
        "imbalance_fen": books.imbalance_fen(),
        "discrepancies": books.discrepancies(),
        "tickets": {"opened": sum(by_source.values()), "by_source": by_source},
        "refunds": {"requested": refunds.requested, "settled": refunds.settled, "fen": refunds.fen},
        "faults": {"injected": simulated["stuck_valves"], "predicted": 0, "false": 0},
        "latency_ms": {
            "fact_to_posted": {"p50": p50, "p99": p99},
            "fact_to_ack": simulated["fact_to_ack_ms"],
        },
    }


def is_clean(report: Report) -> bool:
    """Whether nothing was lost, nothing counted twice, and every card holds what it should."""
    facts = report["facts"]
    return not (facts["lost"] or facts["duplicated"] or report["imbalance_fen"])
