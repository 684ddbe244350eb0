"""One estate for all tests of pages and interfaces; clients that are somebody."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tapline import faults, files, people, tickets
from tapline.devices import messages
from tapline.devices.messages import Which, replays
from tapline.refunds import Refund
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_gateway.vendors import CLOUDS
from tests import (
    factories,
    world,
    world_bills,
    world_books,
    world_cards,
    world_desk,
    world_field,
    world_imports,
    world_machines,
    world_money,
    world_partners,
    world_proving,
    world_schools,
    world_sharing,
    world_tickets,
)
from tests.api.browsing import PICTURE, Visitor
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
        ticket = tickets.listed(uow, tenant_id="demo")[0]
        refund = uow.session.scalars(select(Refund).where(Refund.tenant_id == "demo")).first()
        screen = people.screens_of(uow, tenant_id="demo")[0]
        photo = files.keep(
            uow, tenant_id="demo", name="door.png", media_type="image/png", content=PICTURE
        )
        world_desk.rules_changed(uow)
        world_desk.learnt(uow)
        payout_id, call_id = world_desk.stuck(uow), world_desk.rang(uow)
        breaker_id = world_desk.tripped(uow)
        posted, adjustment = world_books.adjusted(uow)
        transfer_id = world_cards.offered(uow, estate)
        goodwill_id = world_cards.made_good(uow, estate)
        challenge_id = world_proving.asked(uow, estate)
        money = world_money.on_its_way(uow, estate)
        allowed = world_sharing.allowed(uow, estate)
        bills = world_bills.billed(uow)
        booklet = world_tickets.bought(uow, estate)
        old_books = world_imports.sent(uow)
        decision_id = world_desk.left_to_the_chain(uow)
        letter = messages.buried(uow, tenant_id="demo")[0]
        which = Which(dead_letter_id=letter.dead_letter_id)
        replay = replays.ask(uow, tenant_id="demo", which=which, rehearsal=True, actor="he.qing")
        kept = world_machines.kept(uow, estate)
        foreseen = faults.predictions_of(uow, tenant_id="demo")[0]
    assert refund is not None
    return (
        money
        | allowed
        | bills
        | kept
        | booklet
        | old_books
        | campuses.by_name()
        | {
            "device_id": estate.devices[0],
            "transfer_id": str(transfer_id),
            "site_id": str(estate.sites[0].site_id),
            "card_no": estate.card_no,
            "seq": "1",
            "ticket_id": str(ticket.ticket_id),
            "refund_id": str(refund.refund_id),
            "screen_id": str(screen.screen_id),
            "order_id": str(field.orders["assigned"]),
            "work_order_id": str(field.work_order_id),
            "file_id": str(photo.file_id),
            "payout_id": str(payout_id),
            "call_id": str(call_id),
            "callback_id": str(call_id),
            "work_id": f"refund:{refund.refund_id}",
            "offer_id": f"refund:{refund.refund_id}.1",
            "prediction_id": str(foreseen.prediction_id),
            "breaker_id": str(breaker_id),
            "goodwill_id": str(goodwill_id),
            "decision_id": str(decision_id),
            "policy_version": "1",
            "model_version": "1",
            "challenge_id": str(challenge_id),
            "provider": "wechat",
            "tenant_id": "demo",
            "partner_id": str(shared.property_id),
            "agreement_id": str(shared.proposed_id),
            "finding_id": str(shared.finding_id),
            "statement_id": str(shared.statement_id),
            "line": "1",
            "journal_id": str(posted.journal_id),
            "adjustment_id": str(adjustment.adjustment_id),
            "day": "2026-11-20",
            "vendor": "yunshui",
            "dead_letter_id": str(letter.dead_letter_id),
            "replay_id": str(replay.replay_id),
        }
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
