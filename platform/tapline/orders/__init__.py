"""Bottled water: what is ordered, who brings it, and whose the buckets are.

Paid, an order's water is unearned money (`chart.order_unearned`) and its deposits are the
customer's (`chart.bucket_deposit`). Delivered, the water is revenue; what did not come, and the
deposits for it, go back through a refund. Barrels may be paid for with water tickets (`booklets`)
instead: those are set aside when ordering, and used up by what really came.
"""

from tapline.orders.buckets.openings import BucketStart, open_buckets
from tapline.orders.buckets.openings import withdraw_openings as withdraw_buckets
from tapline.orders.buckets.rules import Deposits
from tapline.orders.buckets.service import deposits_of, take_back
from tapline.orders.delivery import (
    Task,
    deliver,
    delivered_today,
    depart,
    fail,
    resume,
    task,
    tasks_of,
)
from tapline.orders.model import (
    FailReason,
    Order,
    OrderLine,
    OrderState,
    OrderStep,
    StepKind,
)
from tapline.orders.placing import begin_payment, on_paid, place, priced
from tapline.orders.products.model import Product
from tapline.orders.products.service import listed as products_of
from tapline.orders.products.service import put as put_product
from tapline.orders.rules import Wanted
from tapline.orders.service import (
    ended_since,
    get,
    listed,
    locked,
    reschedule,
    sweep_late,
    sweep_unassigned,
    sweep_unpaid,
    timeline,
)
from tapline.orders.settlement import (
    Refundable,
    begin_refund,
    cancel,
    end_refund,
    refundable,
)
from tapline.orders.stations.model import Station
from tapline.orders.stations.service import couriers as couriers_of
from tapline.orders.stations.service import create as create_station
from tapline.orders.stations.service import districts
from tapline.orders.stations.service import employ as employ_courier
from tapline.orders.stations.service import get as station
from tapline.orders.stations.service import listed as stations_of
from tapline.orders.stations.service import of_courier as station_of_courier
from tapline.orders.window import DayPart, Window, windows

__all__ = [
    "BucketStart",
    "DayPart",
    "Deposits",
    "FailReason",
    "Order",
    "OrderLine",
    "OrderState",
    "OrderStep",
    "Product",
    "Refundable",
    "Station",
    "StepKind",
    "Task",
    "Wanted",
    "Window",
    "begin_payment",
    "begin_refund",
    "cancel",
    "couriers_of",
    "create_station",
    "deliver",
    "delivered_today",
    "depart",
    "deposits_of",
    "districts",
    "employ_courier",
    "end_refund",
    "ended_since",
    "fail",
    "get",
    "listed",
    "locked",
    "on_paid",
    "open_buckets",
    "place",
    "priced",
    "products_of",
    "put_product",
    "refundable",
    "reschedule",
    "resume",
    "station",
    "station_of_courier",
    "stations_of",
    "sweep_late",
    "sweep_unassigned",
    "sweep_unpaid",
    "take_back",
    "task",
    "tasks_of",
    "timeline",
    "windows",
    "withdraw_buckets",
]
