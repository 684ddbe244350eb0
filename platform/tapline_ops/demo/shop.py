"""The barrels of the demonstration: a station, what it sells, and orders."""

from collections.abc import Sequence
from datetime import datetime

from tapline import clock, orders, payments
from tapline.orders import Order, Wanted, booklets
from tapline.payments import Payment, Trade, TradeStatus
from tapline.people import Customer, Staff
from tapline.uow import UnitOfWork
from tapline_ops.provision import DEMO

DISTRICTS = ("西湖区", "拱墅区", "滨江区", "上城区", "钱塘区")
BOOKLET_SKU = "BW-PURE-19"
_PRODUCTS = (
    ("BW-SPRING-19", "山泉水 18.9L", "Spring water, 18.9 l", 2200, 3000),
    ("BW-PURE-19", "纯净水 18.9L", "Purified water, 18.9 l", 1800, 3000),
    ("BW-MINERAL-12", "矿泉水 11.3L", "Mineral water, 11.3 l", 2600, 3000),
)


def open_shop(uow: UnitOfWork, couriers: Sequence[Staff]) -> None:
    """One station for every district, with its products and couriers."""
    for sku, name, name_en, price_fen, deposit_fen in _PRODUCTS:
        orders.put_product(
            uow,
            tenant_id=DEMO,
            sku=sku,
            name=name,
            name_en=name_en,
            price_fen=price_fen,
            deposit_fen=deposit_fen,
        )
    booklets.put(
        uow,
        tenant_id=DEMO,
        code="PURE-10",
        sku=BOOKLET_SKU,
        tickets=10,
        price_fen=16_000,
        by="demo",
    )
    station = orders.create_station(
        uow,
        tenant_id=DEMO,
        code="S-01",
        name="文二路水站",
        phone="0571-88880001",
        districts=DISTRICTS,
    )
    for courier in couriers:
        orders.employ_courier(uow, tenant_id=DEMO, station_id=station.station_id, courier=courier)


def ordered(uow: UnitOfWork, *, customer: Customer, request_key: str | None = None) -> Order:
    """An order for the next window, paid as the provider reported it at once."""
    now = clock.now()
    order = orders.place(
        uow,
        tenant_id=DEMO,
        customer_id=customer.customer_id,
        lines=[Wanted("BW-SPRING-19", 2)],
        address="文二西路 712 号 3 幢 2 单元 501",
        district=DISTRICTS[0],
        window=orders.windows(now)[0],
        request_key=request_key or f"demo:{customer.customer_id}",
    )
    payment = _paid(uow, order, now)
    orders.on_paid(uow, tenant_id=DEMO, payment_id=payment.payment_id, subject=payment.subject)
    return order


def _paid(uow: UnitOfWork, order: Order, at: datetime) -> Payment:
    """Its money, as the provider reported it then."""
    payment = orders.begin_payment(uow, tenant_id=DEMO, order_id=order.order_id)
    trade = Trade(
        out_trade_no=payment.out_trade_no,
        status=TradeStatus.PAID,
        amount_fen=payment.amount_fen,
        provider_trade_no=f"4200{payment.out_trade_no[:24]}",
        paid_at=at,
        payer="微信用户",
    )
    payments.take_trade(uow, tenant_id=DEMO, provider=payment.provider, trade=trade)
    return payment
