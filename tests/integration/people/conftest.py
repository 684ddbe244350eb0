"""A tenant for people to belong to."""

import pytest

from tapline.uow import UnitOfWork
from tests import factories


@pytest.fixture
def tenant_id(uow: UnitOfWork) -> str:
    return factories.tenant(uow)
