"""Other systems' books, taken over a batch at a time."""

import time
from functools import partial
from uuid import UUID

from tapline import imports, tenants
from tapline.uow import Database, UnitOfWork
from tapline_ops.transact import transact
from tapline_ops.worker import app, database, tenant_sweep

_TURN_S = 5.0
"""So long one run keeps at an import before the next may have its turn."""


def carry_imports() -> None:
    """Bring imports further, each batch of lines in a transaction of its own: what a killed worker
    had not done is done by the next."""
    with database().transaction() as uow:
        due = [
            (tenant_id, import_id)
            for tenant_id in tenants.ids(uow)
            for import_id in imports.at_work(uow, tenant_id=tenant_id)
        ]
    failures = []
    for tenant_id, import_id in due:
        try:
            carry(database(), tenant_id, import_id, turn_s=_TURN_S)
        except Exception as error:
            error.add_note(f"while at import {import_id} of {tenant_id}")
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} imports failed", failures)


app.task(carry_imports, name=carry_imports.__name__)


def carry(database: Database, tenant_id: str, import_id: UUID, *, turn_s: float) -> bool:
    """Bring one import further for about `turn_s`; whether there is more to do."""
    step = partial(imports.advance, tenant_id=tenant_id, import_id=import_id)
    ends_at = time.monotonic() + turn_s
    while more := transact(database, step):
        if time.monotonic() > ends_at:
            break
    return more


@tenant_sweep
def forget_imports(uow: UnitOfWork, tenant_id: str) -> None:
    imports.forget_waiting(uow, tenant_id=tenant_id)
