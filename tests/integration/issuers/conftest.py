"""The campus at noon."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.uow import UnitOfWork
from tests.integration.issuers.campus import NOON, Campus


@pytest.fixture
def campus(uow: UnitOfWork) -> Iterator[Campus]:
    with clock.frozen(NOON):
        campus = Campus(uow)
        campus.owns("2026****")
        yield campus
