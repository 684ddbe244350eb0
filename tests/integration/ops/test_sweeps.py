"""What happens by the clock happens for everybody, whatever becomes of somebody else."""

import pytest

from tapline import tenants
from tapline.uow import Database, UnitOfWork
from tapline_ops.transact import transact_each
from tests import factories


def test_a_piece_of_work_that_fails_holds_up_no_other(fresh_database: Database) -> None:
    def fails(uow: UnitOfWork) -> None:
        factories.tenant(uow, "half-done")
        raise ValueError("a row nobody thought of")

    with pytest.raises(ExceptionGroup, match="1 of 2 failed") as told:
        transact_each(
            fresh_database, {"first": fails, "second": lambda uow: factories.tenant(uow, "done")}
        )

    assert told.value.exceptions[0].__notes__ == ["while at first"]
    with fresh_database.transaction() as uow:
        assert list(tenants.ids(uow)) == ["done"]
