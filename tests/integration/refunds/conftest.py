"""The counter at noon."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.refunds.counter import NOON, Counter


@pytest.fixture
def counter(uow: UnitOfWork) -> Iterator[Counter]:
    with clock.frozen(NOON):
        yield Counter(uow)
