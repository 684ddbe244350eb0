"""Two operators behind one application: a customer takes his statement from one to the other."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from typer.testing import CliRunner

from tapline import ledger, people, sharing
from tapline.people import Role
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_ops.cli import app as command_line
from tests import factories
from tests.api.browsing import Visitor, words_of
from tests.conftest import Template
from tests.integration.sharing.houses import CARD, PHONE, House, build

SHARING = f"/portal/cards/{CARD}/sharing"


class Houses:
    """Both, with a browser for whoever is asked for."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.demo, self.far = build(database)
        config = WebConfig(origin="http://testserver", requests_per_minute=1_000_000)
        self._app = create_app(database, config, {}, vault=factories.VAULT)

    def customer(self) -> Visitor:
        """The card's holder."""
        visitor = self._browser()
        visitor.come_back(self.database, PHONE)
        return visitor

    def staff(self, house: House, role: Role) -> Visitor:
        """Somebody of a house's desk."""
        with self.database.transaction() as uow:
            login, password = f"{role.value}.{house.tenant_id}", ""
            _, password = people.create_staff(
                uow, tenant_id=house.tenant_id, login=f"{login}.sharing", name="林夏", role=role
            )
        visitor = self._browser()
        visitor.enter(f"{login}.sharing", password)
        return visitor

    def _browser(self) -> Visitor:
        return Visitor(TestClient(self._app, follow_redirects=False))


@pytest.fixture(scope="module")
def houses(template: Template) -> Iterator[Houses]:
    with template.cloned() as database:
        yield Houses(database)


@pytest.fixture(scope="module")
def holder(houses: Houses) -> Visitor:
    return houses.customer()


@pytest.fixture(scope="module")
def agent(houses: Houses) -> Visitor:
    return houses.staff(houses.far, Role.AGENT)


Agree = Callable[[], str]


@pytest.fixture
def agree(houses: Houses, holder: Visitor) -> Agree:
    """Read the words and agree to them; the consent's number."""

    def act() -> str:
        wish = {
            "partner": str(houses.demo.partner_id),
            "purpose": "switch",
            "back_days": "365",
            "days": "30",
        }
        words = words_of(holder.get(f"{SHARING}/new?{urlencode(wish)}"))
        assert "我同意向「far Ltd」提供这张水卡自" in words
        assert holder.post(SHARING, **wish).status_code == 422, "no tick, no consent"
        assert holder.post(SHARING, **wish, agree="true").status_code == 303
        found = re.search(rf"{SHARING}/([0-9a-f-]{{36}})/file", holder.get(SHARING).text)
        assert found
        return found[1]

    return act


def code_on(page: Response) -> str:
    found = re.search(r"[A-Z2-7]{4}( [A-Z2-7]{4}){3}", page.text)
    assert found
    return found[0]


@pytest.mark.req("C58", "C59", "H404")
def test_a_customer_takes_his_statement_to_another_operator_and_sees_who_got_it(
    houses: Houses, holder: Visitor, agent: Visitor, agree: Agree
) -> None:
    assert SHARING in holder.get(f"/portal/cards/{CARD}").text
    consent_id = agree()
    code = code_on(holder.get(SHARING))
    file = holder.post(f"{SHARING}/{consent_id}/file")
    assert file.headers["content-disposition"].endswith('.json"')
    assert "笔流水, 由您本人领取" in words_of(holder.get(SHARING))

    page = f"/console/sharing/customers/{houses.far.customer.customer_id}"
    assert "没有其他运营商的流水" in agent.get(page).text
    wrong = take(agent, page, file.content, "AAAA")
    assert wrong.status_code == 422
    assert "不能接收这个文件" in words_of(wrong)
    assert take(agent, page, file.content, code).status_code == 303
    shown = words_of(agent.get(page))
    assert "demo Ltd" in shown
    assert "¥7.50" in shown
    assert CARD not in shown
    again = take(agent, page, file.content, code)
    assert "已经接收过" in words_of(again)


def take(agent: Visitor, page: str, content: bytes, code: str) -> Response:
    return agent.client.post(
        page,
        data={"csrf": agent.csrf, "code": code},
        files={"statement": ("card.json", content, "application/json")},
    )


@pytest.mark.req("C59")
def test_a_consent_is_taken_back_with_one_touch_and_nothing_is_given_any_more(
    houses: Houses, holder: Visitor, agree: Agree
) -> None:
    consent_id = agree()
    desk = houses.staff(houses.demo, Role.SUPERVISOR)
    handed = f"/console/sharing/consents/{consent_id}/file"
    assert handed in desk.get("/console/sharing").text
    assert desk.post(handed).status_code == 200
    assert "由服务台交付" in words_of(holder.get(SHARING))

    assert holder.post(f"{SHARING}/{consent_id}/revoke").status_code == 303
    assert desk.post(handed).status_code == 409
    assert holder.post(f"{SHARING}/{consent_id}/file").status_code == 409
    assert handed not in desk.get("/console/sharing").text


@pytest.mark.req("C59")
def test_that_a_consent_was_taken_back_is_handed_over_and_what_was_given_goes(
    houses: Houses, holder: Visitor, agent: Visitor, agree: Agree
) -> None:
    consent_id = agree()
    code = code_on(holder.get(SHARING))
    file = holder.post(f"{SHARING}/{consent_id}/file").content
    page = f"/console/sharing/customers/{houses.far.customer.customer_id}"
    assert take(agent, page, file, code).status_code == 303
    holder.post(f"{SHARING}/{consent_id}/revoke")

    desk = houses.staff(houses.demo, Role.FINANCE)
    waiting = words_of(desk.get("/console/sharing")).count("待移交")
    revocation = desk.post(f"/console/sharing/consents/{consent_id}/revocation").content
    assert words_of(desk.get("/console/sharing")).count("待移交") == waiting - 1
    there = houses.staff(houses.far, Role.FINANCE)
    taken = there.client.post(
        "/console/sharing/revocations",
        data={"csrf": there.csrf},
        files={"revocation": ("revocation.json", revocation, "application/json")},
    )
    assert taken.status_code == 303
    assert take(agent, page, file, code).status_code == 422


@pytest.mark.req("C59")
def test_nobody_shares_what_is_anothers_and_only_an_administrator_trusts_keys(
    houses: Houses, holder: Visitor, agent: Visitor, agree: Agree
) -> None:
    consent_id = agree()
    stranger = houses.staff(houses.far, Role.SUPERVISOR)
    assert stranger.post(f"/console/sharing/consents/{consent_id}/file").status_code == 404
    assert agent.get("/console/sharing").status_code == 403
    path = f"/console/sharing/customers/{houses.demo.customer.customer_id}"
    assert agent.get(path).status_code == 404
    key = {"partner": str(houses.far.partner_id), "public_key": "00" * 32, "evidence": "x"}
    assert stranger.post("/console/sharing/keys", **key).status_code == 403
    assert holder.get("/portal/cards/88009999/sharing").status_code == 404

    admin = houses.staff(houses.far, Role.ADMIN)
    with houses.database.transaction() as uow:
        (kept,) = sharing.keys.of_partner(uow, tenant_id="far", partner_id=houses.far.partner_id)
    assert kept.public_key[:16] in admin.get("/console/sharing").text
    assert admin.post("/console/sharing/keys", **key | {"public_key": "x"}).status_code == 422


@pytest.mark.req("C58")
def test_the_customers_own_copy_bears_the_file_out_on_the_command_line(
    houses: Houses, holder: Visitor, agree: Agree, tmp_path: Path
) -> None:
    consent_id = agree()
    shared, own = tmp_path / "shared.json", tmp_path / "own.json"
    shared.write_bytes(holder.post(f"{SHARING}/{consent_id}/file").content)
    own.write_bytes(holder.get(f"{SHARING}/own.json").content)
    with houses.database.transaction() as uow:
        head = ledger.heads(uow, tenant_id="demo", limit=1)[0].hash.hex()
    key = json.loads(shared.read_text("utf-8"))["key"]

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(command_line, ["share", "check", str(shared), *arguments])
        return done.exit_code, done.output

    assert run("--key", key, "--head", head, "--statement", str(own))[0] == 0
    assert run("--key", key, "--head", "00" * 32)[0] == 1
    assert run("--key", "11" * 32)[0] == 1
