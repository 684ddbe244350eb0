"""A courier with nothing but a phone, on pages that run no scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tapline import orders
from tapline.orders import OrderState
from tapline.uow import Database
from tests import world_field
from tests.e2e import entering
from tests.world import World
from tests.world_field import COURIER

pytestmark = pytest.mark.e2e


@pytest.mark.req("C47", "H238")
def test_a_courier_sets_out_and_counts_barrels_at_the_door(
    phone: Page, origin: str, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        order = world_field.bought(uow, estate, "12 幢 808", key="by-phone")
    entering.sign_in_staff(phone, origin, COURIER, estate.passwords[COURIER])

    task = phone.locator("article").filter(has_text="12 幢 808")
    task.get_by_role("button", name="出发").click()
    expect(phone.get_by_role("status")).to_contain_text("已出发前往 12 幢 808")
    task.get_by_role("link", name="已到门口").click()
    phone.get_by_label(re.compile("18.9L")).fill("1")
    phone.get_by_label(re.compile("收回空桶")).fill("2")
    phone.get_by_role("button", name="确认送达").click()

    expect(phone.get_by_role("heading", name=re.compile("今日已送达"))).to_be_visible()
    with estate_database.transaction() as uow:
        done = orders.get(uow, tenant_id="demo", order_id=order.order_id)
    assert done.state is OrderState.DELIVERED
    assert [line.delivered for line in done.lines] == [1, 1]
    assert done.buckets_returned == 2
