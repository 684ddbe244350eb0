"""A small water shop as tests say it: a station, couriers, a customer who orders and pays."""

from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from tapline import clock, ledger, orders, people
from tapline.ledger import chart
from tapline.notices import Notice
from tapline.orders import DayPart, Order, Wanted, Window
from tapline.payments import Payment
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tests import factories
from tests.paying import money_arrives

MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
"""09:00 in business time."""
TODAY = Window(clock.business_date(MORNING), DayPart.AFTERNOON)
AFTER = TODAY.end + timedelta(hours=1)
SPRING, PURE = "SPRING-18.9", "PURE-11.3"
PRICE_FEN, DEPOSIT_FEN = 2000, 3000
ONE_WAY_FEN = 1500


class Shop:
    """A tenant with two products, two districts and two couriers."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        factories.tenant(uow)
        self.sells(SPRING, "18.9L 矿泉水", "Spring water 18.9 L", PRICE_FEN, DEPOSIT_FEN)
        self.sells(PURE, "11.3L 纯净水", "Pure water 11.3 L", ONE_WAY_FEN, 0)
        self.station = orders.create_station(
            uow,
            tenant_id="demo",
            code="ZN",
            name="中南街道服务点",
            phone="0553-1234567",
            districts=["弋江区中南街道", "镜湖区滨江街道"],
        )
        self.couriers = [self.hires("li"), self.hires("wang")]
        self.customer = people.create_customer(
            uow, tenant_id="demo", phone="13800138000", name="李女士"
        )
        self._keys = 0

    def sells(self, sku: str, name: str, name_en: str, price_fen: int, deposit_fen: int) -> None:
        orders.put_product(
            self.uow,
            tenant_id="demo",
            sku=sku,
            name=name,
            name_en=name_en,
            price_fen=price_fen,
            deposit_fen=deposit_fen,
        )

    def hires(self, login: str) -> Staff:
        courier, _ = people.create_staff(
            self.uow, tenant_id="demo", login=login, name=f"{login}师傅", role=Role.COURIER
        )
        orders.employ_courier(
            self.uow, tenant_id="demo", station_id=self.station.station_id, courier=courier
        )
        return courier

    def places(
        self,
        wanted: Mapping[str, int] | None = None,
        *,
        tickets: Mapping[str, int] | None = None,
        window: Window = TODAY,
        key: str | None = None,
        customer_id: UUID | None = None,
        district: str = "弋江区中南街道",
        address: str = "镜湖新城 3 幢 502",
    ) -> Order:
        self._keys += 1
        return orders.place(
            self.uow,
            tenant_id="demo",
            customer_id=customer_id or self.customer.customer_id,
            lines=[
                Wanted(sku, quantity, (tickets or {}).get(sku, 0))
                for sku, quantity in (wanted or {SPRING: 2}).items()
            ],
            address=address,
            district=district,
            window=window,
            request_key=key or f"form-{self._keys}",
        )

    def in_transaction(self, uow: UnitOfWork) -> "Shop":
        """The same shop, seen by another transaction."""
        other = copy(self)
        other.uow = uow
        return other

    def pays(self, order: Order) -> Order:
        """The money is here, and a worker handles it."""
        return self.learns(order, money_arrives(self.uow, order.subject))

    def learns(self, order: Order, payment: Payment) -> Order:
        """A worker handles the event that the money is here."""
        orders.on_paid(
            self.uow, tenant_id="demo", payment_id=payment.payment_id, subject=order.subject
        )
        return self.order(order)

    def bought(self, wanted: Mapping[str, int] | None = None) -> Order:
        """Placed and paid."""
        return self.pays(self.places(wanted))

    def order(self, order: Order) -> Order:
        return orders.get(self.uow, tenant_id="demo", order_id=order.order_id)

    def courier_of(self, order: Order) -> Staff:
        return next(one for one in self.couriers if one.staff_id == order.courier_id)

    def delivers(
        self, order: Order, *, empties: int = 0, came: Mapping[str, int] | None = None
    ) -> Order:
        return orders.deliver(
            self.uow,
            courier=self.courier_of(order),
            order_id=order.order_id,
            buckets_returned=empties,
            delivered=came,
        )

    def refunds(self, order: Order) -> None:
        """What a refund of the order does to the books, once it is paid out."""
        due = orders.refundable(self.uow, tenant_id="demo", order_id=order.order_id)
        self.gives_back(chart.order_unearned(order.order_id), due.goods_fen)
        self.gives_back(chart.bucket_deposit(order.customer_id), due.deposit_fen)
        orders.end_refund(
            self.uow, tenant_id="demo", order_id=order.order_id, deposit_fen=due.deposit_fen
        )

    def gives_back(self, account: ledger.Account, amount_fen: int) -> None:
        if amount_fen:
            self._keys += 1
            movement = ledger.Transfer(account, chart.psp("wechat"), amount_fen)
            self._posts(f"refund:{self._keys}", movement)

    def holds(self, order: Order) -> None:
        """A refund of the order is asked for and not decided."""
        orders.begin_refund(self.uow, tenant_id="demo", order_id=order.order_id)

    def _posts(self, key: str, movement: ledger.Movement) -> None:
        command = ledger.Command(
            key=key, kind="refund", event_at=clock.now(), movement=movement, content=""
        )
        ledger.post(self.uow, tenant_id="demo", commands=[command])

    def balances(self) -> dict[str, int]:
        """What every account holds on its own side; empty ones are left out."""
        rows = ledger.trial(self.uow, tenant_id="demo")
        return {row.code: row.balance for row in rows if row.balance}

    def unearned_fen(self, order: Order) -> int:
        return self.balances().get(chart.order_unearned(order.order_id).code, 0)

    def deposits(self) -> orders.Deposits:
        return orders.deposits_of(self.uow, tenant_id="demo", customer_id=self.customer.customer_id)

    def told(self) -> list[str]:
        """The text messages to the customer, oldest first."""
        self.uow.session.flush()
        return list(
            self.uow.session.scalars(
                select(Notice.text)
                .where(Notice.recipient == self.customer.phone)
                .order_by(Notice.created_at, Notice.notice_id)
            )
        )

    def steps(self, order: Order) -> list[str]:
        found = orders.timeline(self.uow, tenant_id="demo", order_id=order.order_id)
        return [step.kind.value for step in found]
