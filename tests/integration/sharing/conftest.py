"""Two operators, made once; what a test does with them is undone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tapline.uow import Database
from tests.conftest import Template
from tests.integration.sharing.houses import House, build


@pytest.fixture(scope="package")
def built(template: Template) -> Iterator[tuple[Database, House, House]]:
    with template.cloned() as database:
        yield database, *build(database)


class UndoneError(Exception):
    """Raised at the end of a test, so that the next finds both houses as they were."""


@pytest.fixture
def demo(built: tuple[Database, House, House]) -> House:
    return built[1]


@pytest.fixture
def far(built: tuple[Database, House, House]) -> House:
    return built[2]


@pytest.fixture
def uow(built: tuple[Database, House, House]) -> Iterator[Any]:
    try:
        with built[0].transaction() as uow:
            yield uow
            raise UndoneError
    except UndoneError:
        pass
