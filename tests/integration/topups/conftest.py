"""The booth at noon."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.refunds.counter import NOON
from tests.integration.topups.booth import Booth


@pytest.fixture
def booth(uow: UnitOfWork) -> Iterator[Booth]:
    with clock.frozen(NOON):
        yield Booth(uow)
