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


def test_whoever_has_more_to_do_has_his_turn_again_and_again_but_in_turns(
    fresh_database: Database,
) -> None:
    left, order = {"long": 3, "short": 1}, []

    def works(name: str) -> bool:
        order.append(name)
        left[name] -= 1
        return left[name] > 0

    transact_each(
        fresh_database,
        {"long": lambda uow: works("long"), "short": lambda uow: works("short")},
        turn_s=60,
    )

    assert order == ["long", "short", "long", "long"]


def test_without_a_turn_everybody_works_once(fresh_database: Database) -> None:
    done: list[str] = []

    def has_always_more(_: UnitOfWork) -> bool:
        done.append("once")
        return True

    transact_each(fresh_database, {"busy": has_always_more})

    assert done == ["once"]
