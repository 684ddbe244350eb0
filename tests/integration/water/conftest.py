from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.water.laboratory import NOON, Laboratory


@pytest.fixture
def laboratory(uow: UnitOfWork) -> Iterator[Laboratory]:
    with clock.frozen(NOON):
        yield Laboratory(uow)
