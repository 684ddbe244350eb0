"""Codes to be scanned: on the labels of machines, and on a customer's screen."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from tapline import cards
from tapline.cards import CardKind
from tapline.money import Fen
from tapline.uow import Database
from tapline_api.codes import picture
from tests.api.browsing import Visitor
from tests.api.shoppers import Shopper
from tests.integration.payments.provider import FakeProvider
from tests.world import World

VIRTUAL = "66770099"


@pytest.mark.req("U9")
def test_the_label_of_a_machine_leads_a_customers_telephone_to_it(
    estate: World,
    visit: Callable[[str], Visitor],
    app: FastAPI,
    estate_database: Database,
    provider: FakeProvider,
) -> None:
    agent, device_id = visit("lin.xia"), estate.devices[3]
    sheet = agent.get(f"/console/labels?site={estate.sites[0].site_id}").text
    everything = agent.get("/console/labels").text
    assert picture(f"http://testserver/portal/prove/{device_id}") in everything
    assert (device_id in sheet, estate.devices[1] in sheet) == (True, False)
    customer = Shopper(app, estate_database, provider)
    assert device_id in customer.get(f"/portal/prove/{device_id}").text


def test_a_code_to_pour_with_is_a_picture_too(
    estate: World, app: FastAPI, estate_database: Database, provider: FakeProvider
) -> None:
    customer = Shopper(app, estate_database, provider)
    with estate_database.transaction() as uow:
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=VIRTUAL,
            kind=CardKind.QR,
            balance_fen=Fen(500),
            customer_id=customer.customer.customer_id,
        )
    shown = customer.post(f"/portal/cards/{VIRTUAL}/code").text
    assert 'class="qr"' in shown
