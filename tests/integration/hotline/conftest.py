"""A hall on a Monday morning, and one at night."""

from collections.abc import Iterator

import pytest

from tapline.uow import Database
from tests.integration.hotline.hall import NIGHT, Hall, open_hall


@pytest.fixture
def hall(fresh_database: Database) -> Iterator[Hall]:
    with open_hall(fresh_database) as hall:
        yield hall


@pytest.fixture
def night_hall(fresh_database: Database) -> Iterator[Hall]:
    with open_hall(fresh_database, NIGHT) as hall:
        yield hall
