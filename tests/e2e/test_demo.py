"""A pour becomes a posting, and a wrong pour puts itself right: the demonstration, watched live.

Everything is real: the broker, PostgreSQL, the tasks, the fleet's signed frames, the browser. Only
the text-message provider writes to a file.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.house import CONSEQUENCE_S, House, sign_in_customer, sign_in_staff, until

pytestmark = pytest.mark.e2e


@pytest.mark.req("C1", "H386")
def test_a_customer_charged_without_water_is_told_repaid_and_the_machine_is_seen_to(
    house: House, browser: Browser
) -> None:
    def told() -> dict[str, Any] | None:
        return next((text for text in house.texts() if "没有出水" in text["text"]), None)

    text = until(told)
    assert "退还" in text["text"]

    phone = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    sign_in_customer(phone, house, text["phone"])
    phone.goto(f"{house.origin}/portal/cards/{house.card_of(text['phone'])}")
    expect(phone.locator("body")).to_contain_text("没有出水")

    def written() -> bool | None:
        phone.reload()
        return True if "写入您的卡" in phone.inner_text("body") else None

    until(written)

    manager = browser.new_page(locale="zh-CN")
    sign_in_staff(manager, house, "wuye")
    machine = manager.goto(f"{house.origin}/manager/machines/{house.stuck_device()}")
    assert machine is not None
    assert machine.ok
    expect(manager.locator("body")).to_contain_text("水阀打不开", timeout=1000 * CONSEQUENCE_S)

    agent = browser.new_page(locale="zh-CN")
    sign_in_staff(agent, house, "lin.xia")
    agent.goto(f"{house.origin}/console")
    case = agent.locator(f"a:has-text('设备 {house.stuck_device()} 扣费未出水')")
    expect(case).to_be_visible(timeout=1000 * CONSEQUENCE_S)
    case.click()
    expect(agent.locator("body")).to_contain_text("设备前后上报的记录")
    expect(agent.locator("body")).to_contain_text("由此产生的记账")
    agent.click("button:has-text('我来处理')")
    expect(agent.locator("body")).to_contain_text("林夏")
