"""Every route, walked with somebody else's ids: it must not open, and must not tell."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from tapline import people
from tapline.people import Role, Screen
from tapline.refunds import Refund
from tapline.tickets import Ticket
from tapline.uow import Database
from tests import (
    world,
)
from tests.api.browsing import Visitor
from tests.api.walking import ENDLESS, FORM, routes
from tests.world import OTHER_PHONE, World

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
    "/q/{device_id}",
    "/q/{device_id}/report",
    "/q/sites/{site_id}",
    "/q/sites/{site_id}/poster",
}
OWN = {"/account", "/account/password", "/sign-out", "/portal/sign-out", "/api/v1/sessions/current"}
"""Of whoever asks."""
SECRETS = ("西溪花园", "Xixi", "王秀英", "13800138000", "8800 0001", "钱江科技园", "197.54", "何青")
"""Words of the estate that nobody outside of it may read."""

_JSON: dict[str, Any] = {"version": 0, "outcome": "fixed", "body": "x"}
_QUERY = {"metric": "tds_out"}


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
            form = FORM | {"csrf": csrf} if method == "POST" else None
            answer = client.request(method, path, data=form)
        own_list = "{" not in template and answer.status_code in {200, 303, 422}
        if not is_closed(answer) and not own_list:
            leaks.append(f"{method} {template}: {answer.status_code}")
        leaks += [f"{method} {template} tells {word}" for word in SECRETS if word in answer.text]
    return leaks


@pytest.mark.req("C62", "H326")
def test_another_operators_staff_reads_and_changes_nothing(
    app: FastAPI,
    estate_ids: dict[str, str],
    neighbour: World,
    visit: Callable[[str], Visitor],
) -> None:
    visitor = visit("linju")

    assert walk(visitor.client, app, estate_ids, visitor.csrf) == []


@pytest.mark.req("C62")
@pytest.mark.parametrize("role", [Role.COURIER, Role.TECHNICIAN])
def test_another_operators_people_outside_read_and_change_nothing(
    role: Role,
    app: FastAPI,
    estate_ids: dict[str, str],
    estate: World,
    estate_database: Database,
    visit: Callable[[str], Visitor],
) -> None:
    login = f"linju.{role.value}"
    with estate_database.transaction() as uow:
        world.staff(uow, estate, "other", login, "邻家师傅", role)
    visitor = visit(login)

    assert walk(visitor.client, app, estate_ids, visitor.csrf) == []


@pytest.mark.req("C62")
def test_another_operators_api_token_reads_and_changes_nothing(
    app: FastAPI, estate_ids: dict[str, str], neighbour: World, anybody: TestClient
) -> None:
    token = anybody.post(
        "/api/v1/sessions", json={"login": "linju", "password": neighbour.passwords["linju"]}
    ).json()["token"]
    anybody.headers["Authorization"] = f"Bearer {token}"

    assert walk(anybody, app, estate_ids, "") == []


def test_another_operators_customer_reads_and_changes_nothing(
    app: FastAPI, estate_ids: dict[str, str], visit: Callable[[str], Visitor]
) -> None:
    visitor = visit(OTHER_PHONE)

    assert walk(visitor.client, app, estate_ids, visitor.csrf) == []


def test_without_signing_in_nothing_opens(
    app: FastAPI, estate_ids: dict[str, str], anybody: TestClient
) -> None:
    leaks = []
    for method, template in routes(app):
        if template in OPEN_TO_ALL:
            continue
        path = re.sub(r"{(\w+)}", lambda name: estate_ids[name[1]], template)
        answer = anybody.request(method, path)
        if not is_closed(answer):
            leaks.append(f"{method} {template}: {answer.status_code}")

    assert leaks == []


@pytest.mark.req("C62")
def test_a_property_manager_sees_no_other_site(
    app: FastAPI, estate_ids: dict[str, str], estate: World, visit: Callable[[str], Visitor]
) -> None:
    visitor = visit("wuye.san")
    theirs = [word for word in SECRETS if word != "钱江科技园"]
    leaks = []

    for method, template in routes(app):
        if not template.startswith(("/manager", "/console", "/api")) or method != "GET":
            continue
        path = re.sub(r"{(\w+)}", lambda name: estate_ids[name[1]], template)
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
    app: FastAPI, estate_ids: dict[str, str], visit: Callable[[str], Visitor], estate: World
) -> None:
    insider = visit("lin.xia")

    leaks = walk(insider.client, app, estate_ids, "wrong token: nothing shall change")

    assert "GET /console/cards/{card_no}: 200" in leaks
    assert any("tells 西溪花园" in leak for leak in leaks)
