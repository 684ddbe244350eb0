"""A property manager's consumption page over a month, beside a bare count of the same rows.

    python -m benchmarks.consumption [--machines 500] [--pours 25] [--out FILE]

Each machine pours so often a day, from the first of last month until now; days that are over were
rolled up, as every night. One manager has all machines, another a tenth of them. Asked for are the
page itself by HTTP, the figures on it, the same figures straight from the facts, and how long it
takes to count the rows that the figures add up; all in turns of one run.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import text

from benchmarks import place
from tapline import clock, devices, people, reports, sites, tenants
from tapline.devices import Vault
from tapline.people import Role, Scope
from tapline.sites import SiteKind
from tapline.uow import Database, UnitOfWork
from tapline_api import cookies
from tapline_api.app import create_app
from tapline_api.config import WebConfig

TENANT = "bench"
A_SITE = 25
TURNS = 7

# From six in the morning on, so that pours spread over the hours of a day.
_FACTS = text("""
insert into fact (device_id, seq, content_hash, tenant_id, inbox_id, received_at, boot, op, ts,
                  moment, "off", amt_fen, ml, status, proof)
select device_id, day * :pours + n, '\\x00', tenant_id, 0, at, 1, 'debit', '', at, false,
       100, 1500, 'ok', 'absent'
from device
cross join generate_series(0, :days - 1) day
cross join generate_series(0, :pours - 1) n
cross join lateral (
    select :since + day * interval '1 day' + interval '6 h' + n * interval '16 h' / :pours as at
) drawn
where tenant_id = :tenant_id and at < :until
""")
_CHARGES = text("""
insert into fact_charge (device_id, seq, tenant_id, standing_hash, payer, amount_fen, revision)
select device_id, seq, tenant_id, content_hash, 'suspense', amt_fen, 0 from fact
""")

_COUNT = text("""
select (select count(*) from consumption_hour
        where tenant_id = :tenant_id and day >= :since and device_id = any(:device_ids))
     + (select count(*) from fact
        where tenant_id = :tenant_id and received_at >= :today and device_id = any(:device_ids))
""")
_FROM_FACTS = text("""
select f.device_id, (f.received_at at time zone 'Asia/Shanghai')::date, count(*), sum(f.ml),
       sum(c.amount_fen)
from fact f join fact_charge c using (device_id, seq)
where f.tenant_id = :tenant_id and f.received_at >= :begins and f.device_id = any(:device_ids)
group by 1, 2
""")


class Manager(NamedTuple):
    """Somebody with machines, at his browser."""

    scope: Scope
    device_ids: list[str]
    browser: TestClient


class Cost(NamedTuple):
    """Medians in ms, of one manager."""

    page: float
    figures: float
    facts: float
    bare: float
    rows: int


def main() -> None:
    """Measure, print the table, and write it where `--out` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=500, help="a whole number of 250")
    parser.add_argument("--pours", type=int, default=25, help="of a machine in a day")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with clock.frozen(_evening()), place.database() as database:
        report = _report(database, arguments.machines, arguments.pours)
    print(report)
    if arguments.out:
        arguments.out.write_text(report + "\n", encoding="utf-8")


def _report(database: Database, machines: int, pours: int) -> str:
    on = place.machine(database)
    first, today = _begin(), clock.business_date(clock.now())
    with database.transaction() as uow:
        own = _estate(uow, machines)
        facts = _pour(uow, pours, first, today)
    roll_s = _roll(database)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
    app = create_app(database, WebConfig(origin="http://testserver", requests_per_minute=1_000_000))
    managers = [
        _manager(database, TestClient(app), f"of-{count}", own[:count])
        for count in (len(own) // 10, len(own))
    ]
    costs = _measured(database, managers, first, today)
    few, many = costs
    return "\n".join(
        [
            f"# Consumption of {machines} machines in a month: {facts:,} facts since {first}",
            "",
            on,
            "",
            "| machines | rows added up | page, ms | its figures, ms | of a bare count of the rows "
            "| of the same from the facts | bare count, ms | from the facts, ms |",
            "|---|---|---|---|---|---|---|---|",
            *(_line(one, cost) for one, cost in zip(managers, costs, strict=True)),
            "",
            f"Ten times the machines: the page takes {many.page / few.page:.1f} times as long, its "
            f"figures {many.figures / few.figures:.1f} times. Rolling all days up, each of which "
            f"happens in its own night: {roll_s:.1f} s.",
        ]
    )


def _line(manager: Manager, cost: Cost) -> str:
    return (
        f"| {len(manager.device_ids)} | {cost.rows:,} | {cost.page:.0f} | {cost.figures:.0f} "
        f"| {cost.figures / cost.bare:.1f} | {cost.figures / cost.facts:.2f} "
        f"| {cost.bare:.1f} | {cost.facts:.0f} |"
    )


def _evening() -> datetime:
    """Ten o'clock of a last day, when most of it is sold and none of it rolled up."""
    return clock.begins(date(2026, 10, 31)) + timedelta(hours=22)


def _begin() -> date:
    """The first of last month: what the page compares with."""
    first = clock.business_date(clock.now()).replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


def _estate(uow: UnitOfWork, machines: int) -> list[tuple[UUID, list[str]]]:
    """Sites, each with its machines."""
    tenants.create(uow, tenant_id=TENANT, name="bench", legal_entity="bench")
    return [_site(uow, number) for number in range(machines // A_SITE)]


def _site(uow: UnitOfWork, number: int) -> tuple[UUID, list[str]]:
    site = sites.create(
        uow,
        tenant_id=TENANT,
        code=f"B-{number:03}",
        name=f"bench {number}",
        name_en=f"bench {number}",
        kind=SiteKind.COMMUNITY,
        address="",
        x=number,
        y=number,
    )
    names = [f"BN-{number:03}-{place:02}" for place in range(A_SITE)]
    for at, name in enumerate(names):
        devices.register(
            uow,
            vault=Vault(bytes(32)),
            hash_password=lambda password: password,
            tenant_id=TENANT,
            device_id=name,
            site_id=site.site_id,
            spot=f"{at // 5 + 1} 号楼 {at % 5 + 1} 层",
        )
    return site.site_id, names


def _pour(uow: UnitOfWork, pours: int, first: date, today: date) -> int:
    """Let all machines sell, and count how often they did."""
    uow.session.flush()
    given = {
        "tenant_id": TENANT,
        "pours": pours,
        "days": (today - first).days + 1,
        "since": clock.begins(first),
        "until": clock.now(),
    }
    uow.session.execute(_FACTS, given)
    uow.session.execute(_CHARGES)
    found: int = uow.session.scalar(text("select count(*) from fact")) or 0
    return found


def _roll(database: Database) -> float:
    """Seconds until nothing is due any more."""
    began = time.perf_counter()
    due = True
    while due:
        with database.transaction() as uow:
            due = bool(reports.roll_consumption(uow, tenant_id=TENANT))
    return time.perf_counter() - began


def _manager(
    database: Database, browser: TestClient, login: str, own: list[tuple[UUID, list[str]]]
) -> Manager:
    site_ids = [site_id for site_id, _ in own]
    with database.transaction() as uow:
        staff, _ = people.create_staff(
            uow, tenant_id=TENANT, login=login, name=login, role=Role.MANAGER, site_ids=site_ids
        )
        token = people.open_for(uow, person=staff, address="testclient")
    browser.cookies.set(cookies.STAFF, token)
    device_ids = [name for _, names in own for name in names]
    return Manager(Scope(TENANT, frozenset(site_ids)), device_ids, browser)


def _measured(database: Database, managers: list[Manager], first: date, today: date) -> list[Cost]:
    """Everything in turns: whatever else runs here slows all of it."""
    took: list[dict[str, list[float]]] = [{} for _ in managers]
    rows = []
    for turn in range(TURNS + 1):
        for manager, times in zip(managers, took, strict=True):
            with database.transaction() as uow:
                for name, work in _works(uow, manager, first, today).items():
                    began = time.perf_counter()
                    found = work()
                    if turn:  # the first warms what is kept
                        times.setdefault(name, []).append(1000 * (time.perf_counter() - began))
                    elif name == "bare":
                        rows.append(found)
    return [
        Cost(**{name: median(all_ms) for name, all_ms in times.items()}, rows=count)
        for times, count in zip(took, rows, strict=True)
    ]


def _works(
    uow: UnitOfWork, manager: Manager, first: date, today: date
) -> dict[str, Callable[[], int]]:
    given = {
        "tenant_id": TENANT,
        "device_ids": manager.device_ids,
        "since": first,
        "begins": clock.begins(first),
        "today": clock.begins(today),
    }

    def page() -> int:
        answer = manager.browser.get("/manager/consumption")
        assert answer.status_code == 200, answer.text
        return len(answer.content)

    def figures() -> int:
        found = reports.consumption(uow, scope=manager.scope, month=today)
        return found.totals.whole.pours

    return {
        "page": page,
        "figures": figures,
        "facts": lambda: len(uow.session.execute(_FROM_FACTS, given).all()),
        "bare": lambda: uow.session.scalar(_COUNT, given) or 0,
    }


if __name__ == "__main__":
    main()
