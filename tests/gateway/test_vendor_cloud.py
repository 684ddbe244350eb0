"""A maker whose cloud pushes: signed, fresh, stored, and what weak evidence leads to."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from tapline import clock, devices, reconciliation
from tapline.devices import Assurance, vendors
from tapline.refunds import Refund, RefundState
from tapline.tickets import Ticket
from tapline_api.app import create_app
from tapline_api.config import WebConfig
from tapline_gateway.vendors import CLOUDS, Register
from tapline_gateway.vendors.pushes import take_pushes
from tests.factories import VAULT, device, tenant
from tests.gateway.conftest import CARD, Bench
from tests.gateway.foreign import assurances, dead, registered
from tests.gateway.makers import (
    cloud_sale,
    pushed,
    signature,
)
from tests.integration.consequences import drain

Push = Callable[..., int]
DEVICE = "WD-0007"


@pytest.fixture
def push(bench: Bench) -> Push:
    """Pushes records as the cloud would, and says what it was answered."""
    registered(bench.database, "yunshui", "YS-7781", "WD-YS-1")
    with bench.database.transaction() as uow:
        secret = vendors.open_account(
            uow, vault=VAULT, tenant_id="demo", vendor="yunshui", actor="test"
        )
    app = create_app(
        bench.database, WebConfig(origin="http://testserver"), clouds=CLOUDS, vault=VAULT
    )
    client = TestClient(app)

    def send(
        *records: Mapping[str, object],
        key: bytes = secret,
        nonce: str | None = None,
        moment: int | None = None,
        body: bytes | None = None,
    ) -> int:
        given = pushed(*records) if body is None else body
        headers = signature(given, key, nonce=nonce or secrets.token_hex(8), moment=moment)
        path = "/api/v1/vendors/yunshui/demo/pushes"
        answer: int = client.post(path, content=given, headers=headers).status_code
        return answer

    return send


def handled(bench: Bench) -> None:
    register = Register(bench.database)
    while take_pushes(bench.database, VAULT, register):
        pass


@pytest.mark.req("C35", "H405")
def test_sales_pushed_by_a_cloud_are_posted_once_in_any_order(bench: Bench, push: Push) -> None:
    sales = [
        cloud_sale(f"2026112100012{n}", dev="YS-7781", card=CARD, balance=f"{100 - n}.00")
        for n in range(1, 5)
    ]

    assert push(sales[3], sales[0]) == 204
    handled(bench)
    assert push(*sales) == 204
    handled(bench)

    assert bench.balance_fen() == 9_600
    assert set(assurances(bench.database).values()) == {Assurance.CLOUD}
    assert dead(bench.database) == []


def test_a_push_that_is_not_fresh_and_signed_is_refused(bench: Bench, push: Push) -> None:
    told = cloud_sale("20261121000123", dev="YS-7781", card=CARD)

    assert push(told, key=bytes(32)) == 401
    assert push(told, moment=1_000_000_000) == 401
    assert push(told, nonce="short") == 401
    assert push(body=b"{}") == 422
    assert push(told, nonce="once-and-never-again") == 204
    assert push(told, nonce="once-and-never-again") == 409
    handled(bench)

    assert bench.balance_fen() == 9_900


def test_a_sale_without_a_number_or_of_a_strange_machine_is_set_aside(
    bench: Bench, push: Push
) -> None:
    push(
        cloud_sale(None, dev="YS-7781", card=CARD),
        cloud_sale("20261121000124", dev="YS-0000", card=CARD),
        cloud_sale("20261121000125", dev="YS-7781", card=CARD),
    )
    handled(bench)

    assert bench.balance_fen() == 9_900
    reasons = {letter.code: letter.reason for letter in dead(bench.database)}
    assert "cannot be told from its copy" in reasons["vendor_unreadable"]
    assert "bind it" in reasons["unknown_device"]


def test_a_cloud_speaks_for_machines_of_its_own_operator_alone(bench: Bench, push: Push) -> None:
    with bench.database.transaction() as uow:
        tenant(uow, "other")
        devices.register(
            uow, vault=VAULT, hash_password=str.upper, tenant_id="other", device_id="WD-OTHER"
        )
        vendors.bind(
            uow,
            tenant_id="other",
            device_id="WD-OTHER",
            vendor="yunshui",
            foreign_id="YS-9999",
            actor="test",
            sparse=True,
        )

    push(cloud_sale("20261121000124", dev="YS-9999", card=CARD))
    handled(bench)

    assert assurances(bench.database) == {}
    assert [letter.code for letter in dead(bench.database)] == ["unknown_device"]


@pytest.mark.req("C35")
def test_without_a_signature_findings_are_made_and_a_person_moves_the_money(
    bench: Bench, push: Push
) -> None:
    push(cloud_sale("20261121000123", dev="YS-7781", card=CARD, ml=0, result="NO_WATER"))
    handled(bench)
    with bench.database.transaction() as uow:
        drain(uow)

    with bench.database.transaction() as uow:
        (finding,) = reconciliation.listed(uow, tenant_id="demo")
        refund = uow.session.query(Refund).one()
        assert (finding.code, refund.state) == ("D01", RefundState.REVIEW)
        assert refund.posted_fen == 0
        assert uow.session.query(Ticket).count() == 1
    assert bench.balance_fen() == 9_900


@pytest.mark.req("C35")
def test_a_cloud_that_speaks_of_a_machine_of_our_own_is_held_against_it_and_posts_nothing(
    bench: Bench, push: Push
) -> None:
    with bench.database.transaction() as uow:
        device(uow, DEVICE)
        vendors.bind(
            uow,
            tenant_id="demo",
            device_id=DEVICE,
            vendor="yunshui",
            foreign_id="YS-0007",
            actor="test",
            is_witness=True,
        )
        assert set(vendors.logins(uow)) == {"YS-7781"}, "the machine logs in as itself"

    for _ in range(2):
        push(cloud_sale("20261121000900", dev="YS-0007", card=CARD))
        handled(bench)

    assert bench.balance_fen() == 10_000
    assert dead(bench.database) == []
    with bench.database.transaction() as uow:
        assert devices.get(uow, tenant_id="demo", device_id=DEVICE).last_seen_at is None
    with clock.frozen(clock.now() + timedelta(days=4)), bench.database.transaction() as uow:
        reconciliation.sweep_feeds(uow, tenant_id="demo")
        (found,) = reconciliation.listed(uow, tenant_id="demo", codes=["D26"])
    assert (found.amount_fen, found.facts["why"]) == (100, "unknown")
