"""What goes on outside, beside the estate of `tests.world`: barrels on their way, a visit to make.

Opt in by `build`: tests that count the estate's cases and money are not disturbed.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from tapline import clock, faults, orders, tickets
from tapline.orders import FailReason, Order, Station, Wanted
from tapline.people import Role, Staff
from tapline.tickets import work_orders
from tapline.uow import Database, UnitOfWork
from tests import world
from tests.paying import money_arrives
from tests.world import World

COURIER, OTHER_COURIER, TECHNICIAN = "li.shifu", "wang.shifu", "zhang.gong"
SKU, SKU_ONE_WAY = "SPRING-18.9", "PURE-11.3"


@dataclass(slots=True)
class Field:
    """Ids by what became of them."""

    orders: dict[str, UUID] = field(default_factory=dict)
    """Of `COURIER`: assigned, out, late, failed, delivered. Of his colleague: other."""
    work_order_id: UUID | None = None
    """A foreseen fault that waits for `TECHNICIAN`."""


def build(database: Database, estate: World) -> Field:
    """Two stations with a courier each, orders of the estate's customer, and a technician."""
    outside = Field()
    with database.transaction() as uow:
        here, there = _shop(uow, estate)
        courier = _courier(uow, estate, COURIER, "李师傅", here)
        _courier(uow, estate, OTHER_COURIER, "王师傅", there)
        with clock.frozen(clock.now() - timedelta(days=1)):
            late = bought(uow, estate, "3 幢 502", key="late")
        outside.orders["late"] = late.order_id
        for name in ("assigned", "out", "failed", "delivered"):
            outside.orders[name] = bought(uow, estate, f"{name} 7 幢 1201", key=name).order_id
        other = bought(uow, estate, "9 幢 101", key="other", district="镜湖区滨江街道")
        outside.orders["other"] = other.order_id
        _events_of_the_day(uow, courier, outside)
        outside.work_order_id = _visit(uow, estate)
    return outside


def bought(
    uow: UnitOfWork, estate: World, address: str, *, key: str, district: str = "弋江区中南街道"
) -> Order:
    """An order of the estate's customer, paid: on a courier's list."""
    assert estate.customer_id is not None
    order = orders.place(
        uow,
        tenant_id="demo",
        customer_id=estate.customer_id,
        lines=[Wanted(SKU, 2), Wanted(SKU_ONE_WAY, 1)],
        address=address,
        district=district,
        window=orders.windows(clock.now())[0],
        request_key=key,
    )
    payment = money_arrives(uow, order.subject)
    orders.on_paid(uow, tenant_id="demo", payment_id=payment.payment_id, subject=order.subject)
    return order


def _shop(uow: UnitOfWork, estate: World) -> tuple[Station, Station]:
    for sku, name, name_en, price_fen, deposit_fen in (
        (SKU, "18.9L 矿泉水", "Spring water 18.9 L", 2000, 3000),
        (SKU_ONE_WAY, "11.3L 纯净水", "Pure water 11.3 L", 1500, 0),
    ):
        orders.put_product(
            uow,
            tenant_id="demo",
            sku=sku,
            name=name,
            name_en=name_en,
            price_fen=price_fen,
            deposit_fen=deposit_fen,
        )
    here, there = (
        orders.create_station(
            uow,
            tenant_id="demo",
            code=code,
            name=name,
            phone="0553-1234567",
            districts=[district],
        )
        for code, name, district in (
            ("ZN", "中南街道服务点", "弋江区中南街道"),
            ("BJ", "滨江街道服务点", "镜湖区滨江街道"),
        )
    )
    return here, there


def _courier(uow: UnitOfWork, estate: World, login: str, name: str, station: Station) -> Staff:
    courier = world.staff(uow, estate, "demo", login, name, Role.COURIER)
    orders.employ_courier(uow, tenant_id="demo", station_id=station.station_id, courier=courier)
    return courier


def _events_of_the_day(uow: UnitOfWork, courier: Staff, outside: Field) -> None:
    out, failed, delivered = (outside.orders[name] for name in ("out", "failed", "delivered"))
    for order_id in (out, failed, delivered):
        orders.depart(uow, courier=courier, order_id=order_id)
    orders.fail(uow, courier=courier, order_id=failed, reason=FailReason.NOT_HOME)
    orders.deliver(uow, courier=courier, order_id=delivered, buckets_returned=1)
    orders.sweep_late(uow, tenant_id="demo")


def _visit(uow: UnitOfWork, estate: World) -> UUID:
    technician = world.staff(uow, estate, "demo", TECHNICIAN, "张工", Role.TECHNICIAN)
    prediction = faults.raise_prediction(
        uow,
        tenant_id="demo",
        device_id=estate.devices[5],
        part=faults.Part.PREFILTER,
        probability_percent=83,
        residuals=[
            {
                "signal": "p_in_kpa",
                "unit": "kPa",
                "value": 148,
                "baseline": 212,
                "expected": 209,
                "drop": 0.6,
            }
        ],
        day=clock.business_date(clock.now()),
        horizon_d=14,
        model="foresight 1",
        features_hash="0" * 64,
    )
    assert prediction is not None
    tickets.on_prediction(uow, tenant_id="demo", prediction_id=prediction.prediction_id)
    (work,) = work_orders.of_technician(uow, tenant_id="demo", technician_id=technician.staff_id)
    return work.work_order_id
