"""Whatever gets lost, repeated, late or killed: nobody is paid twice by us, and the books agree."""

from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tapline import clock
from tapline.uow import Database
from tests.integration.payments.conftest import NOON
from tests.integration.payments.money import Money


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def test_no_interleaving_pays_twice(fresh_database: Database) -> None:
    run_state_machine_as_test(
        partial(Money, fresh_database),  # type: ignore[arg-type]
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
