"""Two sites with machines, and two technicians."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.rounds.estate import MORNING, Estate


@pytest.fixture
def estate(uow: UnitOfWork) -> Iterator[Estate]:
    with clock.frozen(MORNING):
        yield Estate(uow)
