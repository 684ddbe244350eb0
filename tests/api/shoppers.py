"""Customers of their own for tests that change much: a card, a payment, orders, a browser."""

import itertools
from datetime import timedelta
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from tapline import cards, clock, payments, people, refunds
from tapline.cards import CardKind
from tapline.money import Fen
from tapline.notices import Notice
from tapline.people import Customer
from tapline.refunds import Refund
from tapline.uow import Database
from tests.api.browsing import Visitor, hidden, words_of
from tests.integration.consequences import drain
from tests.integration.payments.provider import FakeProvider, delivery

_numbers = itertools.count(1)


class Shopper(Visitor):
    """A customer nobody else knows, with a card of 50.00 yuan that was paid by WeChat."""

    def __init__(self, app: FastAPI, database: Database, provider: FakeProvider) -> None:
        super().__init__(TestClient(app, follow_redirects=False))
        number = next(_numbers)
        self.app, self.database, self.provider = app, database, provider
        self.phone, self.card_no = f"136{number:08d}", f"6600{number:04d}"
        with database.transaction() as uow:
            self.customer: Customer = people.create_customer(
                uow, tenant_id="demo", phone=self.phone, name="陈小兰"
            )
            cards.issue(
                uow,
                tenant_id="demo",
                card_no=self.card_no,
                kind=CardKind.ID,
                balance_fen=Fen(5000),
                customer_id=self.customer.customer_id,
            )
            payments.import_paid(
                uow,
                tenant_id="demo",
                provider="wechat",
                subject=f"card:{self.card_no}",
                amount_fen=5000,
                paid_at=clock.now() - timedelta(days=30),
                provider_trade_no=f"card-{number}",
                customer_id=self.customer.customer_id,
            )
            drain(uow)
        self.come_back(database, self.phone)

    def reads(self, path: str) -> str:
        """What a page says."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        return words_of(page)

    def asks_card_back(self, reason: str = "moved") -> Response:
        """Through the pages: why, the quote, the confirmation."""
        path = f"/portal/refunds/new?kind=card_close&card={self.card_no}&reason={reason}"
        return self.post(
            "/portal/refunds",
            kind="card_close",
            reason=reason,
            card_no=self.card_no,
            request_key=hidden(self.get(path), "request_key"),
        )

    def wants(self, sku: str, count: int, **changes: str) -> dict[str, str]:
        """The order form, filled in."""
        page = self.get("/portal/water")
        window = page.text.split('<option value="20')[1].split('"')[0]
        form = {
            "sku": sku,
            "count": str(count),
            "district": "弋江区中南街道",
            "address": "中南花园 5 幢 301",
            "window": f"20{window}",
            "provider": hidden(page, "provider"),
        }
        return form | changes

    def orders(self, sku: str, count: int) -> UUID:
        """Looks the order over and places it; it is not paid."""
        form = self.wants(sku, count)
        key = hidden(self.post("/portal/water", **form), "request_key")
        placed = self.post("/portal/water/orders", **form, request_key=key)
        return UUID(placed.headers["location"].split("/")[3])

    def pays(self, order_id: UUID) -> None:
        """Goes to the cashier and pays; the provider tells us, and a worker takes it up."""
        page = self.get(f"/portal/orders/{order_id}/cashier")
        trade_no = page.headers["refresh"].rpartition("/")[2]
        self.provider.pays(trade_no)
        headers, body = delivery(f"N{trade_no}", {"trade": trade_no})
        told = self.client.post(
            "/api/v1/payments/notices/wechat/demo", content=body, headers=headers
        )
        assert told.status_code == 204, told.text
        self.consequences()

    def consequences(self) -> None:
        """What workers do with what happened."""
        with self.database.transaction() as uow:
            drain(uow)

    def is_answered(self, refund_id: UUID, *, approve: bool, login: str, reason: str) -> None:
        """Somebody at the desk decides."""
        with self.database.transaction() as uow:
            refund = refunds.get(uow, tenant_id="demo", refund_id=refund_id)
            office = {one.login: one for one in people.staff_of(uow, tenant_id="demo")}
            refunds.decide(
                uow,
                tenant_id="demo",
                refund_id=refund_id,
                approve=approve,
                amount_fen=refund.amount_fen,
                version=refund.version,
                staff=office[login],
                reason=reason,
            )
        self.consequences()

    def refund(self, refund_id: UUID) -> Refund:
        with self.database.transaction() as uow:
            return refunds.get(uow, tenant_id="demo", refund_id=refund_id)

    def texts(self) -> list[str]:
        """The messages to the phone, oldest first."""
        with self.database.transaction() as uow:
            mine = select(Notice.text).where(Notice.recipient == self.phone)
            return list(uow.session.scalars(mine.order_by(Notice.notice_id)))


def id_in(answer: Response) -> UUID:
    """The id of the page that a form led to."""
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].split("/")[3].partition("?")[0])
