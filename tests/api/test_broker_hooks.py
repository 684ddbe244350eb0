"""A broker asks us by HTTP who may log in and what for, as EMQX 5 does."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tapline.devices import certificates, credentials, provisioning
from tapline.uow import Database
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tests import factories
from tests.security import papers

SECRET = "hook-secret"
WHO = {"actor": "test", "reason": "test"}
Ask = Callable[..., Any]


@pytest.fixture
def house(fresh_database: Database) -> tuple[Database, Ask]:
    """An operator with device A, and what a broker is told when it asks."""
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        factories.tenant(uow, "other")
    config = WebConfig(origin="http://testserver", mqtt_hook_secret=SECRET)
    client = TestClient(create_app(fresh_database, config))

    def ask(question: str, secret: str = SECRET, **body: str) -> Any:
        answer = client.post(
            f"/internal/mqtt/{question}", json=body, headers={"Authorization": f"Bearer {secret}"}
        )
        return answer.json()["result"] if answer.is_success else answer.status_code

    return fresh_database, ask


def registered(database: Database, device_id: str) -> str:
    """A device; its password."""
    with database.transaction() as uow:
        factories.device(uow, device_id)
        return credentials.reissue(
            uow, vault=factories.VAULT, tenant_id="demo", device_id=device_id, **WHO
        ).password


def login(name: str, password: str, client_id: str | None = None) -> dict[str, str]:
    return {"username": name, "password": password, "clientid": client_id or name}


def test_a_device_is_let_in_by_its_password_and_under_its_own_name_alone(
    house: tuple[Database, Ask],
) -> None:
    database, ask = house
    password = registered(database, "A")
    registered(database, "B")

    assert ask("auth", **login("A", password)) == "allow"
    assert ask("auth", **login("A", "guessed")) == "deny"
    assert ask("auth", **login("B", password)) == "deny"
    assert ask("auth", **login("A", password, "B")) == "deny", "another's session"
    assert ask("auth", **login("gateway", "x")) == "ignore", "a user of the broker's own"


def test_a_device_uses_its_own_branch_alone(house: tuple[Database, Ask]) -> None:
    database, ask = house
    for name in ("A", "B"):
        registered(database, name)
    allowed = {
        "publish": ("tl1/demo/A/up/txn", "tl1/demo/A/st"),
        "subscribe": ("tl1/demo/A/dn/#", "tl1/demo/A/dn/ack"),
    }
    refused = {
        "publish": (
            "tl1/demo/A/dn/ack",
            "tl1/demo/B/up/txn",
            "tl1/other/A/up/txn",
            "tl1/demo/A/up/#",
            "$SYS/x",
        ),
        "subscribe": ("tl1/demo/A/up/#", "tl1/demo/B/dn/#", "tl1/+/A/dn/#", "#"),
    }
    for result, questions in (("allow", allowed), ("deny", refused)):
        for action, topics in questions.items():
            for topic in topics:
                assert ask("acl", username="A", topic=topic, action=action) == result, topic


def test_a_revoked_device_is_refused_at_once_and_a_next_password_opens_at_once(
    house: tuple[Database, Ask],
) -> None:
    database, ask = house
    password = registered(database, "A")
    with database.transaction() as uow:
        credentials.rotate(uow, vault=factories.VAULT, tenant_id="demo", device_id="A", **WHO)
    assert ask("auth", **login("A", password)) == "allow"

    with database.transaction() as uow:
        credentials.revoke(uow, tenant_id="demo", device_id="A", **WHO)
    assert ask("auth", **login("A", password)) == "deny"
    assert ask("acl", username="A", topic="tl1/demo/A/up/txn", action="publish") == "deny"


def test_a_device_with_a_certificate_needs_no_password(house: tuple[Database, Ask]) -> None:
    database, ask = house
    for name in ("A", "B", "undefined"):
        registered(database, name)
    with database.transaction() as uow:
        certificates.found(uow, vault=factories.VAULT, name="Test", actor="test")
        for name in ("A", "undefined"):
            certificates.issue(
                uow,
                vault=factories.VAULT,
                tenant_id="demo",
                device_id=name,
                request=papers.request(papers.new_key()),
                actor="test",
            )

    def shown(name: str, common_name: str) -> Any:
        return ask("auth", username=name, password="", clientid=name, cert_common_name=common_name)

    assert shown("A", "A") == "allow"
    assert shown("A", "B") == "deny", "another's certificate"
    assert shown("B", "B") == "deny", "it was never given one"
    assert shown("undefined", "undefined") == "deny", "what EMQX says where there is none"
    with database.transaction() as uow:
        credentials.revoke(uow, tenant_id="demo", device_id="A", **WHO)
    assert shown("A", "A") == "deny"


def test_a_batchs_credential_may_ask_for_keys_and_nothing_else(
    house: tuple[Database, Ask],
) -> None:
    database, ask = house
    with database.transaction() as uow:
        made = provisioning.open_batch(
            uow,
            vault=factories.VAULT,
            tenant_id="demo",
            maker="x",
            batch="x",
            days=1,
            actor="test",
        )
    name = made.batch.claim_id
    root = f"tl1/demo/{name}"

    assert ask("auth", **login(name, made.password)) == "allow"
    assert ask("acl", username=name, topic=f"{root}/up/claim", action="publish") == "allow"
    assert ask("acl", username=name, topic=f"{root}/dn/claim", action="subscribe") == "allow"
    for topic in (f"{root}/up/txn", f"{root}/st", "tl1/demo/A/up/claim"):
        assert ask("acl", username=name, topic=topic, action="publish") == "deny"

    with database.transaction() as uow:
        provisioning.close_batch(uow, tenant_id="demo", claim_id=name, **WHO)
    assert ask("auth", **login(name, made.password)) == "deny"


def test_nobody_but_the_broker_is_told_anything(house: tuple[Database, Ask]) -> None:
    database, ask = house
    password = registered(database, "A")

    assert ask("auth", secret="", **login("A", password)) == 403
    assert ask("auth", secret="guessed", **login("A", password)) == 403
    without = TestClient(create_app(database, WebConfig(origin="http://testserver")))
    answer = without.post("/internal/mqtt/auth", json=login("A", password))
    assert answer.status_code == 403, "without a secret nobody is told"
