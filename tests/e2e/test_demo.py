"""A pour becomes a posting, and a wrong pour puts itself right: the demonstration, watched live.

Everything is real: the broker, PostgreSQL, the tasks, the fleet's signed frames, the browser. Only
the text-message provider writes to a file.
"""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.e2e

START_S = 180
CONSEQUENCE_S = 150

T = TypeVar("T")


class House(NamedTuple):
    """A running demonstration on a data folder."""

    data: Path

    @property
    def origin(self) -> str:
        origin: str = self._read("run.json")["web_origin"]
        return origin

    def texts(self) -> list[dict[str, Any]]:
        """Text messages sent so far."""
        log = self.data / "sms.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def password(self, login: str) -> str:
        """What was printed for a member of staff."""
        secrets = {one["login"]: one["secret"] for one in self._read("fleet.json")["logins"]}
        return str(secrets[login])

    def stuck_device(self) -> str:
        """The first dispenser whose valve the plan lets stick."""
        return str(min(self._read("scenario.json")["plan"]["stuck_valves"]))

    def _read(self, name: str) -> Any:
        return json.loads((self.data / name).read_text())


def until(found: Callable[[], T | None], limit_s: float = CONSEQUENCE_S) -> T:
    """What `found` finds, looked for again and again; fails at the limit."""
    deadline = time.monotonic() + limit_s
    while (result := found()) is None:
        assert time.monotonic() < deadline, f"waited {limit_s} s in vain"
        time.sleep(0.3)
    return result


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("demo") / "data"
    log = (data.parent / "log").open("wb")
    demo = subprocess.Popen(
        [sys.executable, "-m", "tapline_ops", "demo", "--devices", "10", "--data-dir", data],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        until(lambda: True if "pouring" in (data.parent / "log").read_text() else None, START_S)
        yield House(data)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait()
        log.close()


def sign_in_customer(page: Page, house: House, phone: str) -> None:
    sent = len(house.texts())
    page.goto(f"{house.origin}/portal/sign-in")
    page.fill("input[name=phone]", phone)
    page.press("input[name=phone]", "Enter")

    def code() -> str | None:
        mine = [text for text in house.texts()[sent:] if text["phone"] == phone]
        codes = [re.search(r"\b(\d{6})\b", text["text"]) for text in mine]
        return next((match[1] for match in codes if match), None)

    page.fill("input[name=code]", until(code))
    page.press("input[name=code]", "Enter")
    page.wait_for_url("**/portal/cards/**")


def sign_in_staff(page: Page, house: House, login: str) -> None:
    page.goto(f"{house.origin}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", house.password(login))
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


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
