"""It is noon in all of these tests."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tests.integration.telemetry.readings import NOON


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield
