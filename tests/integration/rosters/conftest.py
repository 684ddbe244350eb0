"""The school at noon."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.rosters.school import NOON, House


@pytest.fixture
def house(uow: UnitOfWork) -> Iterator[House]:
    with clock.frozen(NOON):
        yield House(uow)
