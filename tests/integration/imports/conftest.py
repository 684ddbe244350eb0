"""An operator who has just opened."""

import pytest

from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.imports.books import Desk, offer


@pytest.fixture
def desk(uow: UnitOfWork) -> Desk:
    factories.tenant(uow)
    offer(uow, "demo")
    return Desk(uow)
