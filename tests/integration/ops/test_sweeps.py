"""What happens by the clock happens for every tenant, whatever becomes of another one."""

import pytest

from tapline.uow import Database, UnitOfWork
from tapline_ops.worker import for_each_tenant
from tests import factories


def test_a_tenant_whose_sweep_fails_holds_up_no_other(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        for tenant_id in ("a-water", "b-water", "c-water"):
            factories.tenant(uow, tenant_id)
    swept = []

    def sweep(_uow: UnitOfWork, tenant_id: str) -> None:
        if tenant_id == "a-water":
            raise ValueError("a row nobody thought of")
        swept.append(tenant_id)

    with pytest.raises(ExceptionGroup, match="sweep failed"):
        for_each_tenant(fresh_database, sweep)

    assert sorted(swept) == ["b-water", "c-water"]
