"""A desk nobody has worked at yet."""

import pytest

from tapline.uow import UnitOfWork
from tests import factories


@pytest.fixture
def desk(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    return uow
