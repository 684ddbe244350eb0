from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.outages.cast import MORNING, Cast, build


@pytest.fixture
def cast(uow: UnitOfWork) -> Iterator[Cast]:
    with clock.frozen(MORNING):
        yield build(uow)
