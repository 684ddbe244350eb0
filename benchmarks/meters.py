"""What it costs to hold machines against themselves, a week of facts behind each.

    python -m benchmarks.meters [--machines 100] [--out benchmarks/results/meters.md]

Each machine has 800 pours, a hundred a day. Then one pour of each comes in at a time, and the sweep
is taken apart by what it does: most looks are near, every twentieth goes back a week.
"""

import argparse
import hashlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, literal, select

from benchmarks import place
from tapline import clock, devices, reconciliation, tenants
from tapline.cards.facts import Fact, FactIn, ingest
from tapline.devices import Vault
from tapline.uow import Database, UnitOfWork

TENANT = "bench"
BEHIND = 800
LOOKS = 20
STEP = timedelta(minutes=14)
BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
ESTATE, POURS_A_DAY = 100_000, 100


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=100, help="machines in the sweep")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with place.database() as database:
        report = _report(database, arguments.machines)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, machines: int) -> str:
    with clock.frozen(BEGINNING + STEP * BEHIND), database.transaction() as uow:
        _prepare(uow, machines)
        first_ms = _swept_ms(uow, machines)
    near_ms: list[float] = []
    wide_ms: list[float] = []
    for seq in range(BEHIND + 1, BEHIND + LOOKS + 1):
        with clock.frozen(BEGINNING + STEP * seq), database.transaction() as uow:
            _pour(uow, machines, seq)
            taken = wide_ms if seq % LOOKS == 0 else near_ms
            taken.append(_swept_ms(uow, machines))
    a_fact_ms = (sum(near_ms) + sum(wide_ms)) / LOOKS
    cores = a_fact_ms * ESTATE * POURS_A_DAY / 86_400_000
    return "\n".join(
        [
            f"# Meters: {machines} machines with {BEHIND} pours each",
            "",
            place.machine(database),
            "",
            "| one machine | ms |",
            "|---|---|",
            f"| its whole history | {first_ms:,.1f} |",
            f"| a near look, after one more pour | {sum(near_ms) / len(near_ms):,.1f} |",
            f"| a wide look, every {LOOKS} pours | {sum(wide_ms) / len(wide_ms):,.1f} |",
            f"| on average a pour | {a_fact_ms:,.1f} |",
            "",
            f"{ESTATE:,} machines of {POURS_A_DAY} pours a day would keep {cores:,.1f} cores busy, "
            "were each pour looked at alone; pours that come in together share a look.",
        ]
    )


def _swept_ms(uow: UnitOfWork, machines: int) -> float:
    """Milliseconds a machine."""
    uow.session.flush()
    began = time.perf_counter()
    examined = reconciliation.sweep_meters(uow, tenant_id=TENANT)
    assert examined == machines, examined
    return 1000 * (time.perf_counter() - began) / machines


def _prepare(uow: UnitOfWork, machines: int) -> None:
    """The first machine tells its history; the others have the same one."""
    tenants.create(uow, tenant_id=TENANT, name="bench", legal_entity="bench")
    for number in range(machines):
        devices.register(
            uow,
            vault=Vault(bytes(32)),
            hash_password=lambda password: password,
            tenant_id=TENANT,
            device_id=_machine(number),
            spot="bench",
        )
    ingest(uow, tenant_id=TENANT, facts=[_fact(0, seq) for seq in range(1, BEHIND + 1)])
    columns = [column for column in Fact.__table__.columns if column.name != "device_id"]
    for number in range(1, machines):
        uow.session.execute(
            insert(Fact).from_select(
                ["device_id", *(column.name for column in columns)],
                select(literal(_machine(number)), *columns).where(Fact.device_id == _machine(0)),
            )
        )


def _pour(uow: UnitOfWork, machines: int, seq: int) -> None:
    ingest(uow, tenant_id=TENANT, facts=[_fact(number, seq) for number in range(machines)])


def _machine(number: int) -> str:
    return f"WD-{number:06}"


def _fact(machine: int, seq: int) -> FactIn:
    moment = BEGINNING + STEP * seq - timedelta(seconds=2)
    return FactIn(
        device_id=_machine(machine),
        seq=seq,
        inbox_id=0,
        content_hash=hashlib.sha256(f"{machine}:{seq}".encode()).digest(),
        boot=1,
        moment=moment,
        card_no="88000000",
        card_kind="cpu",
        atc=None,
        bal_before_fen=None,
        amt_fen=100,
        bal_after_fen=None,
        tariff=1,
        ml=1500,
        ml_req=1500,
        pulses=675,
        nozzle=1,
        status="ok",
        total_n=1000 + seq,
        total_fen=100_000 + 100 * seq,
        total_ml=1_500_000 + 1500 * seq,
    )


if __name__ == "__main__":
    main()
