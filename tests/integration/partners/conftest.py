"""A Monday morning with everybody there."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tapline import clock
from tapline.uow import Database, UnitOfWork
from tests.conftest import Template
from tests.integration.partners.cast import MONDAY, Cast, gather, prepare


@pytest.fixture(scope="package")
def stage(template: Template) -> Iterator[Database]:
    """Everybody and everything that these tests begin with, made once."""
    with template.cloned() as database:
        with clock.frozen(MONDAY), database.transaction() as uow:
            prepare(uow)
        yield database


@pytest.fixture
def cast(stage: Database) -> Iterator[Cast]:
    """The stage in a transaction that is never committed."""
    with stage.engine.connect() as connection, connection.begin() as outer:
        with Session(connection, expire_on_commit=False) as session, clock.frozen(MONDAY):
            yield gather(UnitOfWork(session))
        outer.rollback()
