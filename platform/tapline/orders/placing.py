"""An order from the form to the courier's list: placed, paid, assigned."""

from collections.abc import Sequence
from uuid import UUID

from tapline import clock, ledger, payments, people
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.ledger import chart
from tapline.orders import rules
from tapline.orders.booklets import redeeming
from tapline.orders.buckets import rules as bucket_rules
from tapline.orders.buckets import service as buckets
from tapline.orders.history import record
from tapline.orders.model import Order, OrderLine, OrderState, StepKind
from tapline.orders.products.model import Product
from tapline.orders.products.repository import ProductRepository
from tapline.orders.repository import OrderRepository
from tapline.orders.rules import Wanted
from tapline.orders.stations import service as stations
from tapline.orders.stations.repository import StationRepository
from tapline.orders.telling import tell
from tapline.orders.window import Window, windows
from tapline.payments import Credit, Payment
from tapline.people import Staff
from tapline.uow import UnitOfWork

PROVIDER = "wechat"
"""Where customers pay unless they choose another."""
_ADDRESS_LENGTH_MAX = 200


def place(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    customer_id: UUID,
    lines: Sequence[Wanted],
    address: str,
    district: str,
    window: Window,
    request_key: str,
    provider: str = PROVIDER,
    by: Staff | None = None,
) -> Order:
    """Promise barrels at today's prices and ask for the money; a form sent again is one order.

    A deposit is due only for buckets beyond those that the customer's earlier deposits cover.
    Tickets are set aside for it; where they and earlier deposits pay for all, it goes to a
    courier at once.
    `by` is who takes the order down where it is not the customer.

    Raises:
        NotFoundError: the tenant has no such customer.
        InvalidError: nothing wanted, an unknown product or district, no address, or a window
            that cannot be promised any more.
        InsufficientError: he has not so many tickets free.
    """
    orders = OrderRepository(uow, tenant_id)
    orders.be_alone(customer_id)
    if before := orders.requested(customer_id, request_key):
        return before
    if people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id) is None:
        raise NotFoundError(f"no customer {customer_id}")
    if window not in windows(clock.now()):
        raise InvalidError("this delivery time is over or too far ahead: choose another")
    station = stations.serving(uow, tenant_id=tenant_id, district=district)
    order = Order(
        order_id=new_id(),
        tenant_id=tenant_id,
        request_key=request_key,
        customer_id=customer_id,
        station_id=station.station_id,
        state=OrderState.PLACED,
        district=district,
        address=_written(address),
        window_day=window.day,
        window_part=window.part,
        window_end=window.end,
        placed_at=clock.now(),
    )
    _add(uow, order, priced(uow, tenant_id=tenant_id, customer_id=customer_id, lines=lines))
    record(uow, order, StepKind.PLACED, by=by or f"customer:{customer_id}")
    _set_tickets_aside(uow, order)
    if order.total_fen:
        begin_payment(uow, tenant_id=tenant_id, order_id=order.order_id, provider=provider)
    return order


def priced(
    uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, lines: Sequence[Wanted]
) -> list[OrderLine]:
    """What an order would come to now: its lines with today's prices, written down nowhere.

    Raises:
        InvalidError: nothing wanted, or a product that is not on offer.
    """
    wanted = rules.checked(lines)
    products = ProductRepository(uow, tenant_id).among(wanted)
    if unknown := set(wanted) - set(products):
        raise InvalidError(f"not on offer any more: {', '.join(sorted(unknown))}")
    covered = buckets.deposits_of(uow, tenant_id=tenant_id, customer_id=customer_id).covered
    priced_lines = []
    for position, one in enumerate(wanted.values(), start=1):
        line = _line(position, products[one.sku], one, covered)
        if line.deposit_fen:
            covered = max(0, covered - one.quantity)
        priced_lines.append(line)
    return priced_lines


def begin_payment(
    uow: UnitOfWork, *, tenant_id: str, order_id: UUID, provider: str = PROVIDER
) -> Payment:
    """The open payment of an order that waits for its money; a new one where the last ran out.

    Raises:
        NotFoundError: the tenant has no such order.
        ConflictError: it is paid, cancelled, or was left unpaid for too long.
    """
    order = OrderRepository(uow, tenant_id).get(order_id, lock=True)
    rules.must_be(order, frozenset({OrderState.PLACED}), "paid for")
    now = clock.now()
    last_moment = order.placed_at + rules.KEPT_UNPAID
    if now >= last_moment:
        raise ConflictError(f"order {order.number} was not paid in time: place a new one")
    shares = [
        Credit(chart.order_unearned(order_id), order.goods_fen),
        Credit(chart.bucket_deposit(order.customer_id), order.deposit_fen),
    ]
    return payments.begin(
        uow,
        tenant_id=tenant_id,
        provider=provider,
        subject=order.subject,
        amount_fen=order.total_fen,
        credits=[share for share in shares if share.amount_fen],
        customer_id=order.customer_id,
        expires_at=min(now + rules.PAY_WITHIN, last_moment),
    )


def on_paid(uow: UnitOfWork, *, tenant_id: str, payment_id: UUID, subject: str) -> Order | None:
    """Money arrived: the order goes to a courier. What is not an order's money is left alone.

    Where the order is gone, or paid already, that is noted: the money rests with the order until
    it is given back. Called again for the same payment it changes nothing.
    """
    order_id = _order_id(subject)
    if order_id is None:
        return None
    orders = OrderRepository(uow, tenant_id)
    order = orders.get(order_id, lock=True)
    if orders.knows_payment(order_id, payment_id):
        return order
    payment = payments.get(uow, tenant_id=tenant_id, payment_id=payment_id)
    facts = {"payment": str(payment_id), "amount_fen": payment.amount_fen}
    if order.state is OrderState.PLACED:
        order.state, order.payment_id, order.paid_at = OrderState.PAID, payment_id, clock.now()
        tell(uow, order, record(uow, order, StepKind.PAID, facts=facts))
        assign(uow, order)
    elif order.state is OrderState.CANCELLED:
        order.paid_after_cancel, order.payment_id = True, payment_id
        record(uow, order, StepKind.PAID_AFTER_CANCEL, facts=facts)
    else:
        record(uow, order, StepKind.PAID_AGAIN, facts=facts)
    return order


def assign(uow: UnitOfWork, order: Order) -> None:
    """Put a paid order on the list of its station's least busy courier, if there is one."""
    found = StationRepository(uow, order.tenant_id)
    station = found.get(order.station_id, lock=True)  # one order at a time is counted
    couriers = found.couriers(station.station_id)
    loads = OrderRepository(uow, order.tenant_id).loads(
        [courier.staff_id for courier in couriers], rules.ON_A_LIST
    )
    courier = rules.least_busy(couriers, loads)
    if courier is not None:
        order.state, order.courier_id = OrderState.ASSIGNED, courier.staff_id
        record(uow, order, StepKind.ASSIGNED, facts={"courier": courier.name})


def _set_tickets_aside(uow: UnitOfWork, order: Order) -> None:
    """Reserve what the order is paid for with; where that is all of it, it goes to a courier."""
    if not order.tickets:
        return
    ledger.post(uow, tenant_id=order.tenant_id, commands=redeeming.reserved(order))
    step = record(uow, order, StepKind.TICKETS, facts={"tickets": order.tickets})
    if not order.total_fen:
        order.state, order.paid_at = OrderState.PAID, clock.now()
        tell(uow, order, step)
        assign(uow, order)


def _order_id(subject: str) -> UUID | None:
    kind, _, name = subject.partition(":")
    return UUID(name) if kind == "order" else None


def _written(address: str) -> str:
    """The address as it is kept; refused where there is none."""
    address = address.strip()
    if not 1 <= len(address) <= _ADDRESS_LENGTH_MAX:
        raise InvalidError(f"give an address of at most {_ADDRESS_LENGTH_MAX} characters")
    return address


def _add(uow: UnitOfWork, order: Order, lines: Sequence[OrderLine]) -> None:
    """Number the order, sum it up and write it down with its lines."""
    orders, day = OrderRepository(uow, order.tenant_id), clock.business_date(order.placed_at)
    for line in lines:
        line.order_id = order.order_id
    order.goods_fen = sum(line.goods_fen for line in lines)
    order.deposit_fen = sum(line.deposits * line.deposit_fen for line in lines)
    order.number = rules.number(day, orders.next_count(day))
    orders.add(order, lines)


def _line(position: int, product: Product, wanted: Wanted, covered: int) -> OrderLine:
    return OrderLine(
        position=position,
        sku=product.sku,
        name=product.name,
        name_en=product.name_en,
        quantity=wanted.quantity,
        tickets=wanted.tickets,
        price_fen=product.price_fen,
        deposits=bucket_rules.to_pay(wanted.quantity, covered) if product.deposit_fen else 0,
        deposit_fen=product.deposit_fen,
    )
