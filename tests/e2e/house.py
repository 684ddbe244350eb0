"""A running demonstration, and people who sign in to it."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from playwright.sync_api import Page

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

    @property
    def cashier(self) -> str:
        """Where the simulated payment provider is."""
        return str(self._read("run.json")["cashier_origin"])

    @property
    def telephony(self) -> str:
        """Where the simulated telephone exchange is."""
        return str(self._read("run.json")["telephony_origin"])

    def holder(self, place: int) -> tuple[str, str]:
        """Phone and card number of the so-many-th customer with a registered card."""
        cards = [card for card in self._read("fleet.json")["cards"] if card["phone"]]
        return cards[place]["phone"], cards[place]["no"]

    def card_of(self, phone: str) -> str:
        """The card that is registered to a phone."""
        cards = self._read("fleet.json")["cards"]
        return str(next(card["no"] for card in cards if card["phone"] == phone))

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


@contextmanager
def demonstration(folder: Path) -> Iterator[House]:
    """`make demo` on a folder of its own, from its start to Ctrl-C."""
    data = folder / "data"
    log = (folder / "log").open("wb")
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
    page.wait_for_url(re.compile(r"/portal$"))


def sign_in_staff(page: Page, house: House, login: str) -> None:
    page.goto(f"{house.origin}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", house.password(login))
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
