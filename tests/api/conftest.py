"""One estate for all tests of pages and interfaces; clients that are somebody."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_gateway.vendors import CLOUDS
from tests import (
    factories,
    world,
    world_field,
    world_partners,
    world_schools,
)
from tests.api import ids
from tests.api.browsing import Visitor
from tests.conftest import Template
from tests.integration.payments.provider import FakeProvider
from tests.world import World
from tests.world_field import Field
from tests.world_partners import Shared
from tests.world_schools import Schools

HOTLINE = "400-000-1234"


@pytest.fixture(scope="session")
def estate_database(template: Template) -> Iterator[Database]:
    """The database with the estate in it; tests leave it so that others can read it."""
    with template.cloned() as database:
        yield database


@pytest.fixture(scope="session")
def estate(estate_database: Database) -> World:
    return world.build(estate_database)


@pytest.fixture(scope="session")
def field(estate: World, estate_database: Database) -> Field:
    """Couriers with orders and a technician with a visit, beside the estate."""
    return world_field.build(estate_database, estate)


@pytest.fixture(scope="session")
def shared(estate: World, estate_database: Database) -> Shared:
    """What was agreed about the estate's first site, and what came of it."""
    return world_partners.build(estate_database, estate)


@pytest.fixture(scope="session")
def campuses(estate: World, estate_database: Database) -> Schools:
    """A school with cards of its own, and one whose students carry ours."""
    return world_schools.build(estate_database, estate)


@pytest.fixture(scope="session")
def estate_ids(
    estate: World,
    field: Field,
    shared: Shared,
    campuses: Schools,
    estate_database: Database,
) -> dict[str, str]:
    """Ids of `demo`'s first site, by the names that paths give them."""
    with estate_database.transaction() as uow:
        return (
            ids.of_the_desk(uow, field)
            | ids.of_machines(uow, estate)
            | ids.of_money(uow, estate)
            | ids.of_partners(shared)
            | campuses.by_name()
            | ids.CHOSEN
        )


@pytest.fixture(scope="session")
def provider() -> FakeProvider:
    """Where customers pay."""
    return FakeProvider()


@pytest.fixture(scope="session")
def app(estate_database: Database, provider: FakeProvider) -> FastAPI:
    config = WebConfig(origin="http://testserver", hotline=HOTLINE, requests_per_minute=1_000_000)
    return create_app(
        estate_database, config, {"wechat": provider}, clouds=CLOUDS, vault=factories.VAULT
    )


@pytest.fixture
def anybody(app: FastAPI) -> TestClient:
    """A browser of which nothing is known."""
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def visit(app: FastAPI, estate: World, estate_database: Database) -> Callable[[str], Visitor]:
    """Somebody signed in: a login of staff, or a customer's phone."""

    def enter(who: str) -> Visitor:
        visitor = Visitor(TestClient(app, follow_redirects=False))
        if who.isdigit():
            visitor.come_back(estate_database, who)
        else:
            visitor.enter(who, estate.passwords[who])
        return visitor

    return enter


@pytest.fixture
def supervisor(visit: Callable[[str], Visitor]) -> Visitor:
    return visit("he.qing")


@pytest.fixture
def agent(visit: Callable[[str], Visitor]) -> Visitor:
    return visit("lin.xia")
