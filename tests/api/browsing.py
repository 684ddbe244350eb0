"""What a browser does for its user: keeps cookies, sends forms with what the page put into them."""

import html
import re
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from tapline import people
from tapline.notices import Notice
from tapline.people import Customer
from tapline.uow import Database
from tapline_api import cookies

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(24)
"""As a phone sends it, as far as anybody looks."""
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Visitor:
    """Somebody with a browser."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf = ""

    def enter(self, login: str, password: str) -> None:
        """Sign in by the form."""
        answer = self.client.post("/sign-in", data={"login": login, "password": password})
        assert answer.status_code == 303, answer.text
        self._learn(self.get("/account"))

    def come_back(self, database: Database, phone: str) -> None:
        """Have a session from an earlier day; codes are limited, as they are for everybody."""
        with database.transaction() as uow:
            customer = uow.session.scalars(select(Customer).where(Customer.phone == phone)).one()
            token = people.open_for(uow, person=customer, address="testclient")
        self.client.cookies.set(cookies.CUSTOMER, token)
        self._learn(self.client.get("/portal", follow_redirects=True))

    def get(self, path: str, **headers: str) -> Response:
        """Follow a link."""
        return self.client.get(path, headers=headers)

    def post(self, path: str, **form: Any) -> Response:
        """Send a form, with the token that the page carries."""
        return self.client.post(path, data={"csrf": self.csrf} | form)

    def send(self, path: str, pictures: list[bytes], **form: Any) -> Response:
        """Send a form with photos."""
        photos = [("photos", (f"{at}.png", one, "image/png")) for at, one in enumerate(pictures)]
        return self.client.post(path, data={"csrf": self.csrf} | form, files=photos)

    def _learn(self, page: Response) -> None:
        found = _CSRF.search(page.text)
        assert found, page.text
        self.csrf = found[1]


def sent_code(database: Database, phone: str) -> str:
    """The six digits of the newest message to this phone."""
    with database.transaction() as uow:
        text = uow.session.scalars(
            select(Notice.text)
            .where(Notice.recipient == phone)
            .order_by(Notice.created_at.desc())
            .limit(1)
        ).one()
    found = re.search(r"\d{6}", text)
    assert found
    return found[0]


def words_of(page: Response) -> str:
    """The text of a page as it is read."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def hidden(page: Response, name: str) -> str:
    """What the page keeps for its form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return found[1]
