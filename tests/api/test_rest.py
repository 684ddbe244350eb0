"""The REST interface: tokens, problem documents, and the same facts as the pages."""

import pytest
from fastapi.testclient import TestClient

from tapline import tickets
from tapline.uow import Database
from tests.world import World


@pytest.fixture
def api(anybody: TestClient, estate: World) -> TestClient:
    """A client with an agent's token."""
    answer = anybody.post(
        "/api/v1/sessions", json={"login": "lin.xia", "password": estate.passwords["lin.xia"]}
    )
    anybody.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return anybody


@pytest.mark.req("C36")
def test_every_route_of_the_interface_is_described(anybody: TestClient) -> None:
    described = anybody.get("/api/v1/openapi.json").json()

    assert described["info"]["title"] == "Tapline"
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert len(operations) >= 15
    assert all(operation.get("description") for operation in operations)
    assert all(path.startswith("/api/v1/") for path in described["paths"])


def test_a_cards_money_adds_up(api: TestClient, estate: World) -> None:
    card = api.get(f"/api/v1/cards/{estate.card_no}").json()

    parts = card["principal_fen"] + card["bonus_fen"] + card["pending_load_fen"]
    assert card["balance_fen"] == parts - card["receivable_fen"] == 19754


def test_a_cards_pours_say_what_was_found_and_where_the_money_is(
    api: TestClient, estate: World
) -> None:
    pours = api.get(f"/api/v1/cards/{estate.card_no}/pours").json()

    dry = [pour for pour in pours if [f["code"] for f in pour["findings"]] == ["D01"]]
    assert [pour["back"]["where"] for pour in dry] == ["waiting", "written"]
    assert dry[1]["back"]["device_id"] == estate.devices[1]
    assert {pour["charged_fen"] for pour in pours} == {0, 100}


@pytest.mark.req("H406")
def test_findings_speak_the_language_asked_for_and_mask_the_card(
    api: TestClient, estate: World
) -> None:
    headers = {"Accept-Language": "en"}
    (finding,) = api.get("/api/v1/findings?code=D02", headers=headers).json()

    assert finding["card"] == "**** 0001"
    assert finding["sentence"].startswith("700 ml came of the 1500 ml asked for")
    assert finding["amount_fen"] == 54


def test_telemetry_comes_in_about_as_many_points_as_asked_for(
    api: TestClient, estate: World
) -> None:
    path = f"/api/v1/devices/{estate.devices[0]}/telemetry"
    points = api.get(path, params={"metric": "tds_out", "points": 24}).json()

    assert 12 <= len(points) <= 48
    assert all(point["low"] <= point["mean"] <= point["high"] for point in points)


def test_the_trial_balance_balances(api: TestClient) -> None:
    rows = api.get("/api/v1/ledger/trial").json()

    assert sum(row["debit"] for row in rows) == sum(row["credit"] for row in rows) > 0
    assert api.get("/api/v1/ledger/verification").json()["ok"] is True


def test_a_change_made_on_an_old_sight_is_refused_with_a_stable_code(
    api: TestClient, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        ticket = tickets.listed(uow, tenant_id="demo")[-1]
    path = f"/api/v1/tickets/{ticket.ticket_id}"

    answer = api.post(f"{path}/close", json={"version": 0, "outcome": "fixed"})

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "conflict"
    assert "look again" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/cards/nobody", 404, "not_found"),
        ("GET", "/api/v1/tickets/no-uuid", 404, "not_found"),
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("GET", "/api/v1/devices/WD-0001/telemetry?metric=mood", 422, "invalid"),
        ("PUT", "/api/v1/devices", 405, "method_not_allowed"),
    ],
)
def test_what_goes_wrong_is_a_problem_document(
    api: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = api.request(method, path)

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_ends_when_it_is_given_back(api: TestClient) -> None:
    assert api.get("/api/v1/devices").status_code == 200
    assert api.delete("/api/v1/sessions/current").status_code == 204

    ended = api.get("/api/v1/devices")
    assert ended.status_code == 401
    assert ended.headers["www-authenticate"] == "Bearer"


def test_a_browsers_cookie_opens_no_interface(anybody: TestClient, estate: World) -> None:
    anybody.post("/sign-in", data={"login": "lin.xia", "password": estate.passwords["lin.xia"]})

    assert anybody.get("/console").status_code == 200
    assert anybody.get("/api/v1/devices").status_code == 401


def test_a_password_that_was_sent_never_comes_back(anybody: TestClient) -> None:
    answer = anybody.post("/api/v1/sessions", json={"login": ["x"], "password": "geheim-123"})

    assert answer.status_code == 422
    assert "geheim-123" not in answer.text
