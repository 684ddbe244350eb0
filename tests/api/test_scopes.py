"""Every route, walked with somebody else's ids: it must not open, and must not tell."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from tapline import faults, files, people, tickets
from tapline.people import Role, Screen
from tapline.refunds import Refund
from tapline.tickets import Ticket
from tapline.uow import Database
from tests import (
    world,
    world_bills,
    world_books,
    world_cards,
    world_desk,
    world_money,
    world_proving,
    world_sharing,
)
from tests.api.browsing import PICTURE, Visitor
from tests.world import OTHER_PHONE, World
from tests.world_field import Field
from tests.world_partners import Shared
from tests.world_schools import Schools

CLOSED = {401, 403, 404}
OPEN_TO_ALL = {
    "/",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/sign-in",
    "/preferences",
    "/portal/sign-in",
    "/portal/code",
    "/api/v1/sessions",
}
OWN = {"/account", "/account/password", "/sign-out", "/portal/sign-out", "/api/v1/sessions/current"}
"""Of whoever asks."""
ENDLESS = {"/live"}
"""Streams, which carry names of events alone."""

SECRETS = ("西溪花园", "Xixi", "王秀英", "13800138000", "8800 0001", "钱江科技园", "197.54", "何青")
"""Words of the estate that nobody outside of it may read."""

_FORM = {
    "version": "0",
    "outcome": "fixed",
    "body": "x",
    "approve": "true",
    "amount_fen": "100",
    "reason": "other",
    "words": "x",
    "name": "x",
    "old": "x" * 12,
    "new": "y" * 12,
    "sku": "x",
    "count": "1",
    "buckets_returned": "0",
    "category": "other",
    "window": "2026-11-22.morning",
    "held": "true",
    "code": "answered",
    "staff_id": "00000000-0000-7000-8000-000000000000",
    "technician_id": "00000000-0000-7000-8000-000000000000",
    "payee": "x",
    "reference": "x",
    "confirm": "true",
    "resolution": "loss",
    "owner": "00000000-0000-7000-8000-000000000000",
    "why": "waited",
    "seq": "1",
    "device_id": "WD-0001",
    "side": "property",
    "uphold": "true",
    "agree": "false",
    "said": "objected",
    "month": "2026-10",
    "total_fen": "0",
    "valid_from": "2040-01-01",
    "take": "true",
    "evidence": "x",
    "request_id": "00000000-0000-7000-8000-000000000000",
    "new_card_no": "77770000",
    "phone": "13700137000",
    "real_name": "x",
    "document": "passport",
    "number": "AB123456",
    "born_on": "2015-01-01",
    "yuan": "1",
    "card": "x",
    "monthly": "1",
    "counted": "1",
    "expected_fen": "0",
    "bank_reference": "x",
    "received_on": "2026-01-02",
    "request_key": "0" * 32,
    "partner": "00000000-0000-7000-8000-000000000000",
    "purpose": "switch",
    "back_days": "30",
    "days": "30",
    "public_key": "x",
}
_JSON: dict[str, Any] = {"version": 0, "outcome": "fixed", "body": "x"}
_QUERY = {"metric": "tds_out"}


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that the application answers."""
    for context in iter_route_contexts(app.routes):
        for method in sorted(context.methods or ()):
            if method != "HEAD" and context.path:
                yield method, context.path


@pytest.fixture(scope="session")
def foreign_ids(
    estate: World,
    field: Field,
    shared: Shared,
    campuses: Schools,
    estate_database: Database,
) -> dict[str, str]:
    """Ids of `demo`'s first site, which the walkers below have no business with."""
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
        foreseen = faults.predictions_of(uow, tenant_id="demo")[0]
    assert refund is not None
    return (
        money
        | allowed
        | bills
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
        }
    )


@pytest.fixture(autouse=True)
def untouched(estate: World, estate_database: Database) -> Iterator[None]:
    """Whatever is walked here, nothing of the estate changes under it."""

    def state() -> list[object]:
        with estate_database.transaction() as uow:
            versions = select(Ticket.ticket_id, Ticket.version).where(Ticket.tenant_id == "demo")
            decided = select(Refund.refund_id, Refund.state).where(Refund.tenant_id == "demo")
            alive = select(Screen.screen_id, Screen.revoked_at).where(Screen.tenant_id == "demo")
            return [sorted(uow.session.execute(rows)) for rows in (versions, decided, alive)]

    before = state()
    yield
    assert state() == before


@pytest.fixture(scope="session")
def neighbour(estate: World, estate_database: Database) -> World:
    """A supervisor of the operator next door."""
    with estate_database.transaction() as uow:
        _, estate.passwords["linju"] = people.create_staff(
            uow, tenant_id="other", login="linju", name="邻家主管", role=Role.SUPERVISOR
        )
    return estate


def is_closed(answer: Response) -> bool:
    """Whether the asker was refused or shown the door."""
    to_door = answer.status_code == 303 and "sign-in" in answer.headers["location"]
    return to_door or answer.status_code in CLOSED


def _json(method: str) -> dict[str, Any] | None:
    return _JSON if method == "POST" else None


def walk(client: TestClient, app: FastAPI, ids: dict[str, str], csrf: str) -> list[str]:
    """Ask for everything with `ids`; what opened or told, a line each."""
    leaks = []
    for method, template in routes(app):
        if template in ENDLESS | OPEN_TO_ALL | OWN:
            continue
        path = re.sub(r"{(\w+)}", lambda name: ids[name[1]], template)
        if template.startswith("/api/"):
            answer = client.request(method, path, params=_QUERY, json=_json(method))
        else:
            form = _FORM | {"csrf": csrf} if method == "POST" else None
            answer = client.request(method, path, data=form)
        own_list = "{" not in template and answer.status_code in {200, 303, 422}
        if not is_closed(answer) and not own_list:
            leaks.append(f"{method} {template}: {answer.status_code}")
        leaks += [f"{method} {template} tells {word}" for word in SECRETS if word in answer.text]
    return leaks


@pytest.mark.req("C62", "H326")
def test_another_operators_staff_reads_and_changes_nothing(
    app: FastAPI,
    foreign_ids: dict[str, str],
    neighbour: World,
    visit: Callable[[str], Visitor],
) -> None:
    visitor = visit("linju")

    assert walk(visitor.client, app, foreign_ids, visitor.csrf) == []


@pytest.mark.req("C62")
@pytest.mark.parametrize("role", [Role.COURIER, Role.TECHNICIAN])
def test_another_operators_people_outside_read_and_change_nothing(
    role: Role,
    app: FastAPI,
    foreign_ids: dict[str, str],
    estate: World,
    estate_database: Database,
    visit: Callable[[str], Visitor],
) -> None:
    login = f"linju.{role.value}"
    with estate_database.transaction() as uow:
        world.staff(uow, estate, "other", login, "邻家师傅", role)
    visitor = visit(login)

    assert walk(visitor.client, app, foreign_ids, visitor.csrf) == []


@pytest.mark.req("C62")
def test_another_operators_api_token_reads_and_changes_nothing(
    app: FastAPI, foreign_ids: dict[str, str], neighbour: World, anybody: TestClient
) -> None:
    token = anybody.post(
        "/api/v1/sessions", json={"login": "linju", "password": neighbour.passwords["linju"]}
    ).json()["token"]
    anybody.headers["Authorization"] = f"Bearer {token}"

    assert walk(anybody, app, foreign_ids, "") == []


def test_another_operators_customer_reads_and_changes_nothing(
    app: FastAPI, foreign_ids: dict[str, str], visit: Callable[[str], Visitor]
) -> None:
    visitor = visit(OTHER_PHONE)

    assert walk(visitor.client, app, foreign_ids, visitor.csrf) == []


def test_without_signing_in_nothing_opens(
    app: FastAPI, foreign_ids: dict[str, str], anybody: TestClient
) -> None:
    leaks = []
    for method, template in routes(app):
        if template in OPEN_TO_ALL:
            continue
        path = re.sub(r"{(\w+)}", lambda name: foreign_ids[name[1]], template)
        answer = anybody.request(method, path)
        if not is_closed(answer):
            leaks.append(f"{method} {template}: {answer.status_code}")

    assert leaks == []


@pytest.mark.req("C62")
def test_a_property_manager_sees_no_other_site(
    app: FastAPI, foreign_ids: dict[str, str], estate: World, visit: Callable[[str], Visitor]
) -> None:
    visitor = visit("wuye.san")
    theirs = [word for word in SECRETS if word != "钱江科技园"]
    leaks = []

    for method, template in routes(app):
        if not template.startswith(("/manager", "/console", "/api")) or method != "GET":
            continue
        path = re.sub(r"{(\w+)}", lambda name: foreign_ids[name[1]], template)
        answer = visitor.get(path)
        if "{" in template and not is_closed(answer):
            leaks.append(f"{template}: {answer.status_code}")
        leaks += [f"{template} tells {word}" for word in theirs if word in answer.text]

    assert leaks == []


def test_a_property_managers_token_sees_the_devices_of_his_sites_alone(
    estate: World, anybody: TestClient
) -> None:
    token = anybody.post(
        "/api/v1/sessions", json={"login": "wuye.san", "password": estate.passwords["wuye.san"]}
    ).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}

    listed = anybody.get("/api/v1/devices", headers=headers).json()
    foreign = anybody.get(f"/api/v1/devices/{estate.devices[0]}", headers=headers)
    series = anybody.get(
        f"/api/v1/devices/{estate.devices[0]}/telemetry?metric=tds_out", headers=headers
    )

    assert {device["site_id"] for device in listed} == {str(estate.sites[2].site_id)}
    assert foreign.status_code == series.status_code == 404
    assert anybody.get("/api/v1/tickets", headers=headers).status_code == 403


def test_the_walk_would_notice_a_route_that_forgets_its_scope(
    app: FastAPI, foreign_ids: dict[str, str], visit: Callable[[str], Visitor], estate: World
) -> None:
    insider = visit("lin.xia")

    leaks = walk(insider.client, app, foreign_ids, "wrong token: nothing shall change")

    assert "GET /console/cards/{card_no}: 200" in leaks
    assert any("tells 西溪花园" in leak for leak in leaks)
