"""A small model that was really learnt, and a site with a past, once for all of these tests."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from tapline import clock
from tapline.uow import Database, UnitOfWork
from tapline_ops.prediction.training import Learnt, Size, learn
from tests.conftest import Template
from tests.integration.prediction import estate

MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SMALL = Size(sites=24, calibration_sites=10, test_sites=6, days=280, every_d=4)


@pytest.fixture(scope="session")
def learnt() -> Learnt:
    return learn(SMALL, seed=1)


@pytest.fixture(scope="session")
def with_a_past(template: Template) -> Iterator[Database]:
    """A database in which two operators have a site each; nobody changes it for good."""
    with template.cloned() as database:
        with clock.frozen(MORNING), database.transaction() as uow:
            estate.build(uow, "demo", estate.DEVICES)
            estate.build(uow, "other", ("OT-1", "OT-2", "OT-3", "OT-4"))
        yield database


@pytest.fixture
def uow(with_a_past: Database) -> Iterator[UnitOfWork]:
    """A transaction on the morning after, rolled back."""
    with with_a_past.engine.connect() as connection, connection.begin() as outer:
        with Session(connection, expire_on_commit=False) as session, clock.frozen(MORNING):
            yield UnitOfWork(session)
        outer.rollback()
