"""Killed between any two statements: all is there or nothing, and once more makes it whole."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

import pytest
from sqlalchemy import text

from tapline import clock, ledger
from tapline.uow import Database
from tests.conftest import Template
from tests.integration.invariants.crashes import killed_everywhere
from tests.integration.invariants.invariants import broken
from tests.integration.invariants.operators import Operator
from tests.integration.invariants.test_stories import MORNING
from tests.integration.invariants.verbs import VERBS, Verb

OF_TENANTS = text("""
    select table_name from information_schema.columns
    where column_name = 'tenant_id' and table_schema = current_schema()
    and table_name <> 'ledger_account'
""")
SAID_AGAIN = {"inbox_message", "outbox_message", "provider_notice", "audit_entry"}
"""What came again behind its commit is on record again, and nothing follows from it."""
NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class Left(NamedTuple):
    """What there is of a tenant: where its money stands, and how many rows."""

    money: Counter[tuple[str, int, int]]
    rows: dict[str, int]

    @property
    def once(self) -> "Left":
        """Less what is on record twice where it came twice."""
        return Left(self.money, {t: n for t, n in self.rows.items() if t not in SAID_AGAIN})


@pytest.fixture(scope="module")
def committed(template: Template) -> Iterator[Database]:
    """Each verb works on tenants of its own."""
    with template.cloned() as database:
        yield database


def left(database: Database, tenant_id: str, tables: Collection[str] | None = None) -> Left:
    """What there is of it in these tables, or in all."""
    with database.transaction() as uow:
        money = Counter(
            (NAMES.sub("#", row.code.replace(tenant_id, "T")), row.debit, row.credit)
            for row in ledger.trial(uow, tenant_id=tenant_id)
        )
        counts = " union all ".join(
            f"select '{table}', count(*) from \"{table}\" where tenant_id = :tenant_id"
            for table in tables or uow.session.scalars(OF_TENANTS).all()
        )
        rows = uow.session.execute(text(counts), {"tenant_id": tenant_id}).all()
    return Left(money, {table: count for table, count in rows if count})


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_killed_between_any_two_statements(committed: Database, verb: Verb) -> None:
    name = verb.__name__.replace("_", "-")
    with clock.frozen(MORNING):
        work = verb(Operator(committed, f"{name}-1", seed=1))
        before = left(committed, f"{name}-1")
        with committed.transaction() as uow:
            work(uow)
        whole = left(committed, f"{name}-1")
        assert whole != before
    with clock.frozen(MORNING):
        work = verb(Operator(committed, f"{name}-2", seed=1))
        kills = 0
        for _ in killed_everywhere(committed, work):
            kills += 1
            found = left(committed, f"{name}-2", whole.rows)
            assert found == before or found.once == whole.once
        assert kills > 8
        assert left(committed, f"{name}-2").once == whole.once
        with committed.transaction() as uow:
            assert broken(uow) == []
            assert ledger.verify(uow, tenant_id=f"{name}-2").differences == ()
