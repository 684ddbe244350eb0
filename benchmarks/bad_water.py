"""How long giving back the water of a bad case takes, and how long it keeps others waiting.

    python -m benchmarks.bad_water [--pours 100000] [--out benchmarks/results/bad_water.md]

One machine, a thousand cards in turn. The case is opened, its money asked for and approved, then
carried on as the worker does it. Meanwhile somebody posts a pour of a card of the case ten times a
second: how long he waits is what the giving costs live sales.
"""

import argparse
import hashlib
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

from benchmarks import place
from benchmarks.fleet import TENANT, Fleet, card_no
from tapline import clock, ledger, people
from tapline.cards.facts import FactIn, ingest
from tapline.people import Role
from tapline.uow import Database
from tapline.water import traces
from tapline.water.traces import Fate
from tapline_ops.schedule import EVERY_S
from tapline_ops.tasks import water

CARDS = 1000
BATCH = 1000
MACHINE = "BN-0000"
BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pours", type=int, default=100_000, help="pours of the case")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with place.database() as database:
        report = _report(database, arguments.pours)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, pours: int) -> str:
    Fleet(database, devices=1, cards=CARDS)
    for first in range(1, pours + 1, BATCH):
        with database.transaction() as uow:
            numbers = range(first, min(first + BATCH, pours + 1))
            ingest(uow, tenant_id=TENANT, facts=[_fact(seq) for seq in numbers])
    trace_id, opened_s = _open(database)
    delays: list[float] = []
    over = threading.Event()
    seller = threading.Thread(target=_sell, args=(database, delays, over))
    seller.start()
    try:
        turns = _carry(database, trace_id)
    finally:
        over.set()
        seller.join()
    return _table(database, pours, opened_s, turns, delays)


def _open(database: Database) -> tuple[UUID, float]:
    """Open the case and have its money approved; how long opening took, in seconds."""
    with database.transaction() as uow:
        asks, approves = (
            people.create_staff(
                uow, tenant_id=TENANT, login=login, name=login, role=Role.SUPERVISOR
            )[0]
            for login in ("asks", "approves")
        )
    began = time.perf_counter()
    with database.transaction() as uow:
        trace_id = traces.open_for_machine(uow, staff=asks, device_id=MACHINE).trace_id
    opened_s = time.perf_counter() - began
    with database.transaction() as uow:
        trace = traces.ask_refund(uow, staff=asks, trace_id=trace_id)
        fen = trace.refund_asked_fen or 0
        if trace.refund_approved_at is None:
            traces.approve_refund(uow, staff=approves, trace_id=trace_id, amount_fen=fen)
    return trace_id, opened_s


def _carry(database: Database, trace_id: UUID) -> list[float]:
    """The worker's turns until nothing waits; how long each took, in seconds."""
    turns: list[float] = []
    while True:
        with database.transaction() as uow:
            case = traces.case(uow, tenant_id=TENANT, trace_id=trace_id)
        if Fate.WAITING not in case.fates:
            return turns
        began = time.perf_counter()
        water.carry(database)
        turns.append(time.perf_counter() - began)


def _sell(database: Database, delays: list[float], over: threading.Event) -> None:
    number = 0
    while not over.wait(0.1):
        number += 1
        command = ledger.Command(
            key=f"sold:{number}",
            kind="pour",
            event_at=clock.now(),
            movement=ledger.Pour(card_no(number % CARDS), 100),
            content=str(number),
        )
        began = time.perf_counter()
        with database.transaction() as uow:
            ledger.post(uow, tenant_id=TENANT, commands=[command])
        delays.append(time.perf_counter() - began)


def _fact(seq: int) -> FactIn:
    turn, card = divmod(seq, CARDS)
    before = 100_000_000 - 100 * turn
    return FactIn(
        device_id=MACHINE,
        seq=seq,
        content_hash=hashlib.sha256(str(seq).encode()).digest(),
        inbox_id=0,
        boot=1,
        moment=BEGINNING + timedelta(seconds=seq),
        card_no=card_no(card),
        card_kind="cpu",
        atc=turn + 1,
        bal_before_fen=before,
        amt_fen=100,
        bal_after_fen=before - 100,
        tariff=1,
        ml=1500,
        ml_req=1500,
        pulses=675,
        nozzle=1,
        status="ok",
    )


def _table(
    database: Database, pours: int, opened_s: float, turns: Sequence[float], delays: Sequence[float]
) -> str:
    every_s = EVERY_S["carry_water_traces"]
    # The next turn begins with the beat of the clock, or when this one is over.
    lasts_s = sum(max(every_s, -(-one // every_s) * every_s) for one in turns)
    ninety_nine_s = quantiles(delays, n=100)[98]
    return "\n".join(
        [
            f"# Bad water: {pours:,} pours of {CARDS:,} cards given back",
            "",
            place.machine(database),
            "",
            "| what | figure |",
            "|---|---|",
            f"| finding them | {opened_s:.1f} s |",
            f"| turns of the worker, one each {every_s:g} s | {len(turns):,} |",
            f"| a turn, median | {median(turns):.2f} s |",
            f"| at work in all | {sum(turns):.0f} s |",
            f"| until the last one is given back, by the clock | {lasts_s / 60:.1f} min |",
            f"| a pour posted meanwhile, median | {1000 * median(delays):.0f} ms |",
            f"| a pour posted meanwhile, 99 of 100 | {1000 * ninety_nine_s:.0f} ms |",
            f"| a pour posted meanwhile, longest | {1000 * max(delays):.0f} ms |",
        ]
    )


if __name__ == "__main__":
    main()
