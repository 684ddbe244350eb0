"""Doors: who comes in, what is remembered, what a stranger's page can do."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tapline import audit
from tapline.audit import AuditEntry
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tests.api.browsing import Visitor, sent_code
from tests.api.conftest import HOTLINE
from tests.world import OTHER_PHONE, PHONE, World


def test_the_front_page_has_three_doors_and_a_number_to_call(anybody: TestClient) -> None:
    page = anybody.get("/").text

    assert {'href="/portal"', 'href="/manager"', 'href="/console"'} <= set(
        re.findall(r'href="/\w+"', page)
    )
    assert f'href="tel:{HOTLINE.replace("-", "")}"' in page


@pytest.mark.parametrize(
    ("accepts", "speaks"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-TW", "zh-CN"),
        ("fr", "zh-CN"),
        ("", "zh-CN"),
        (";q=", "zh-CN"),
    ],
)
def test_the_language_is_the_browsers_else_chinese(
    anybody: TestClient, accepts: str, speaks: str
) -> None:
    answer = anybody.get("/", headers={"Accept-Language": accepts})

    assert f'<html lang="{speaks}"' in answer.text
    assert answer.headers["content-language"] == speaks


def test_a_chosen_language_theme_and_text_size_are_remembered(anybody: TestClient) -> None:
    for name, value in (("locale", "en"), ("theme", "dark"), ("text", "large")):
        answer = anybody.post("/preferences", data={"name": name, "value": value, "back": "/"})
        assert answer.status_code == 303

    page = anybody.get("/").text
    assert '<html lang="en" data-theme="dark" data-text=large>' in page


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_form_sends_the_browser_to_another_site(anybody: TestClient, elsewhere: str) -> None:
    answer = anybody.post(
        "/preferences", data={"name": "theme", "value": "dark", "back": elsewhere}
    )

    assert answer.headers["location"] == "/"


def test_every_answer_carries_the_headers_that_fence_it_in(
    anybody: TestClient, visit: Callable[[str], Visitor]
) -> None:
    for answer in (anybody.get("/"), anybody.get("/nowhere"), anybody.get("/api/v1/devices")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_a_files_address_changes_with_its_content_and_is_then_kept(anybody: TestClient) -> None:
    address = re.search(r'href="(/static/tokens\.css\?\w{12})"', anybody.get("/").text)
    assert address

    kept = anybody.get(address[1])
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in anybody.get("/static/tokens.css").headers["cache-control"]


def test_staff_and_property_people_come_out_at_their_own_place(
    visit: Callable[[str], Visitor],
) -> None:
    assert visit("lin.xia").get("/sign-in").headers["location"] == "/console"
    assert visit("wuye").get("/sign-in").headers["location"] == "/manager"
    assert visit("wuye").get("/console").status_code == 403
    assert visit("lin.xia").get("/manager").status_code == 403


def test_signing_in_returns_to_the_page_one_wanted(anybody: TestClient, estate: World) -> None:
    door = anybody.get("/console/findings?code=D01").headers["location"]
    assert door == "/sign-in?next=/console/findings%3Fcode%3DD01"

    form = {"login": "lin.xia", "password": estate.passwords["lin.xia"]}
    answer = anybody.post("/sign-in", data=form | {"next": "/console/findings?code=D01"})
    assert answer.headers["location"] == "/console/findings?code=D01"


def test_the_session_cookie_is_out_of_every_scripts_reach(
    anybody: TestClient, estate: World
) -> None:
    form = {"login": "lin.xia", "password": estate.passwords["lin.xia"]}
    cookie = anybody.post("/sign-in", data=form).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_a_refused_sign_in_is_on_record_and_says_nothing_of_the_account(
    anybody: TestClient, estate: World, estate_database: Database
) -> None:
    known = anybody.post("/sign-in", data={"login": "wuye", "password": "wrong"})
    unknown = anybody.post("/sign-in", data={"login": "nobody", "password": "wrong"})

    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("wuye", "") == unknown.text.replace("nobody", "")
    with estate_database.transaction() as uow:
        refusals = uow.session.scalars(
            select(AuditEntry.actor).where(AuditEntry.action == "session.refuse")
        ).all()
    assert {"wuye", "nobody"} <= set(refusals)


def test_signing_out_ends_the_session_on_the_server(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("lin.xia")
    token = visitor.client.cookies["tapline-staff"]
    assert visitor.post("/sign-out").status_code == 303

    visitor.client.cookies.set("tapline-staff", token)
    assert visitor.get("/console").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("origin", "csrf"),
    [("https://evil.example", None), (None, "stolen"), ("null", None)],
)
def test_another_sites_page_cannot_act_for_somebody_signed_in(
    visit: Callable[[str], Visitor], origin: str | None, csrf: str | None
) -> None:
    visitor = visit("he.qing")
    headers = {"Origin": origin} if origin else {}
    form = {"name": "trap", "csrf": csrf or visitor.csrf}

    answer = visitor.client.post("/console/office/screens", data=form, headers=headers)

    assert answer.status_code == 403
    assert "trap" not in visitor.get("/console/office").text


def test_another_site_cannot_sign_a_browser_in_as_somebody(
    anybody: TestClient, estate: World
) -> None:
    answer = anybody.post(
        "/sign-in",
        data={"login": "lin.xia", "password": estate.passwords["lin.xia"]},
        headers={"Origin": "https://evil.example"},
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_customer_comes_in_by_code_and_it_is_on_record(
    anybody: TestClient, estate: World, estate_database: Database
) -> None:
    form = {"operator": "demo", "phone": PHONE}
    assert anybody.post("/portal/code", data=form).status_code == 200
    code = sent_code(estate_database, PHONE)

    answer = anybody.post("/portal/sign-in", data=form | {"code": code})

    assert answer.status_code == 303
    assert anybody.get("/portal").status_code == 200
    with estate_database.transaction() as uow:
        entries = audit.about(uow, tenant_id="demo", subject=f"customer:{estate.customer_id}")
    assert entries[0].action == "session.open"
    assert entries[0].address == "testclient"


def test_asking_for_a_code_tells_nobody_whether_the_phone_is_known(
    anybody: TestClient, estate: World
) -> None:
    answers = [
        anybody.post("/portal/code", data={"operator": "other", "phone": phone})
        for phone in (OTHER_PHONE, "13700000000")
    ]

    texts = [re.sub(r"13\d{9}|13\d\*{4}\d{4}", "", answer.text) for answer in answers]
    assert answers[0].status_code == answers[1].status_code == 200
    assert texts[0] == texts[1]


def test_a_wrong_code_keeps_the_phone_and_says_what_to_do(
    anybody: TestClient, estate: World
) -> None:
    form = {"operator": "demo", "phone": "13700000001", "code": "000000"}
    answer = anybody.post("/portal/sign-in", data=form)

    assert answer.status_code == 401
    assert 'value="13700000001"' in answer.text
    assert 'role="alert"' in answer.text


def test_what_cannot_exist_is_not_found_and_nothing_breaks(
    visit: Callable[[str], Visitor],
) -> None:
    visitor = visit("lin.xia")

    for path in (
        "/console/tickets/not-a-uuid",
        "/console/cards/%00",
        f"/console/cards/{'9' * 400}",
        "/console/search?q=%00%00%00%00",
        "/nowhere",
    ):
        assert visitor.get(path).status_code in {200, 404, 422}, path


def test_a_fragment_that_fails_is_told_in_a_fragment(visit: Callable[[str], Visitor]) -> None:
    visitor = visit("lin.xia")

    answer = visitor.get("/console/machines/NO-SUCH", **{"HX-Request": "true"})

    assert answer.status_code == 404
    assert answer.text.lstrip().startswith('<div class="note bad" role="alert">')


def test_a_fragment_of_somebody_signed_out_sends_the_page_to_the_door(
    anybody: TestClient,
) -> None:
    answer = anybody.get("/console/queue", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


def test_too_many_requests_are_refused_with_a_time_to_wait(estate_database: Database) -> None:
    app = create_app(estate_database, WebConfig(origin="http://testserver", requests_per_minute=3))
    client = TestClient(app)

    answers = [client.get("/api/v1/devices") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert 0 < int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].json()["code"] == "too_many"


def test_probes_answer(anybody: TestClient) -> None:
    assert anybody.get("/healthz").text == "ok\n"
    assert anybody.get("/readyz").text == "ok\n"
