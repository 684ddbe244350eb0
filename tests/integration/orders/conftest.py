"""A shop on a Saturday morning."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.orders.shop import MORNING, Shop


@pytest.fixture
def shop(uow: UnitOfWork) -> Iterator[Shop]:
    with clock.frozen(MORNING):
        yield Shop(uow)
