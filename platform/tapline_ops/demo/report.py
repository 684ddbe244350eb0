"""The report on a run: what the world did, what we recorded, and whether they agree."""

import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tapline.uow import Database
from tapline_ops.demo.repository import DemoRepository
from tapline_ops.demo.truth import Books
from tapline_ops.export import export_all
from tapline_ops.provision import DEMO

Report = dict[str, Any]


def make(
    database: Database, truth_dir: Path, simulated: Report, *, since: datetime, clogging: str
) -> Report:
    """The report; `simulated` is the simulator's own, amounts are in fen, times in ms.

    The run began at `since`; `clogging` is the dispenser whose filter clogs in its simulated past.
    """
    with tempfile.TemporaryDirectory() as folder:
        export_all(database, Path(folder))
        books = Books.read(truth_dir, Path(folder))
    with database.transaction() as uow:
        figures = DemoRepository(uow, DEMO)
        by_source, refunds = figures.tickets_by_source(), figures.refunds()
        p50, p99 = figures.fact_to_posted_ms(since)
        foreseen, calls = figures.foreseen(clogging), figures.calls()
        unexplained_fen = figures.unexplained_fen()
    return {
        "facts": {"published": simulated["published"], **books.facts()},
        "imbalance_fen": books.imbalance_fen() + unexplained_fen,
        "discrepancies": books.discrepancies(),
        "tickets": {"opened": sum(by_source.values()), "by_source": by_source},
        "refunds": asdict(refunds),
        "calls": calls,
        "faults": {
            "injected": simulated["stuck_valves"] + 1,
            "predicted": foreseen.right,
            "false": foreseen.wrong,
        },
        "latency_ms": {
            "fact_to_posted": {"p50": p50, "p99": p99},
            "fact_to_ack": simulated["fact_to_ack_ms"],
        },
    }


def is_clean(report: Report) -> bool:
    """Whether nothing was lost, nothing counted twice, and every card holds what it should."""
    facts = report["facts"]
    return not (facts["lost"] or facts["duplicated"] or report["imbalance_fen"])
