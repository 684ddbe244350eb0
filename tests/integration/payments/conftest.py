"""A tenant, people of its office, one provider, and time that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tapline import clock, people
from tapline.people import Role, Staff
from tapline.uow import Database
from tests import factories
from tests.integration.payments.provider import FakeProvider
from tests.integration.payments.till import Till

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def database(fresh_database: Database) -> Database:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
    return fresh_database


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def office(database: Database) -> dict[str, Staff]:
    """Somebody of each role at the desk, and a second one of finance."""
    logins = {
        "cai.wu": Role.FINANCE,
        "qian.fang": Role.FINANCE,
        "he.qing": Role.SUPERVISOR,
        "lin.xia": Role.AGENT,
    }
    with database.transaction() as uow:
        return {
            login: people.create_staff(uow, tenant_id="demo", login=login, name=login, role=role)[0]
            for login, role in logins.items()
        }


@pytest.fixture
def till(database: Database, provider: FakeProvider) -> Till:
    return Till(database, provider)
