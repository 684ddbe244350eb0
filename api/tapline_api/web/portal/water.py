"""Barrels to the door: chosen, looked over with the whole sum, ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request, Response, status

from tapline import clock, orders
from tapline.ledger import InsufficientError
from tapline.orders import DayPart, Wanted, Window, booklets
from tapline.payments import Gateways
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter(prefix="/water")

COUNT_MAX = 50
ADDRESS_LENGTH_MAX = 200
WINDOW_PATTERN = r"^\d{4}-\d\d-\d\d\.(morning|afternoon|evening)$"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says."""

    counts: dict[str, int]
    """Barrels by sku, those of which none is wanted left out."""
    tickets: dict[str, int]
    """How many of the barrels a ticket pays for each, by sku."""
    district: str = ""
    address: str = ""
    window: str = ""
    provider: str = ""

    @property
    def lines(self) -> list[Wanted]:
        """As orders take it."""
        return [Wanted(sku, count, self.tickets.get(sku, 0)) for sku, count in self.counts.items()]

    def paying_with(self, free: Mapping[str, int]) -> "Wish":
        """The same, with as many of the `free` tickets as there are barrels for; by sku."""
        tickets = {sku: min(count, free.get(sku, 0)) for sku, count in self.counts.items()}
        return replace(self, tickets=tickets)


def _said(
    *,
    sku: Annotated[list[str], Form()],
    count: Annotated[list[int], Form()],
    district: Annotated[str, Form(max_length=100)],
    address: Annotated[str, Form(max_length=400)],
    window: Annotated[str, Form(max_length=40)],
    provider: Annotated[str, Form(max_length=20)],
    ticket_sku: Annotated[list[str] | None, Form()] = None,
    ticket_count: Annotated[list[int] | None, Form()] = None,
) -> Wish:
    counts = {one: number for one, number in zip(sku, count, strict=False) if number}
    tickets = dict(zip(ticket_sku or [], ticket_count or [], strict=False))
    return Wish(counts, tickets, district, address.strip(), window, provider)


Wished = Annotated[Wish, Depends(_said)]


@router.get("")
def water_page(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """What there is, filled in as the last time."""
    return _form(request, uow, holder, _last_time(uow, holder))


@router.post("")
def look_over(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    wish: Wished,
    use: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """The whole sum, deposits apart, before anything is ordered.

    For the products in `use` as many barrels as there are tickets are paid for with them.
    """
    if why := _flaw(request, uow, holder, wish):
        return _form(request, uow, holder, wish, why=why)
    free = _free_tickets(uow, holder)
    wish = wish.paying_with({sku: free.get(sku, 0) for sku in use or []})
    lines = orders.priced(
        uow,
        tenant_id=holder.tenant_id,
        customer_id=holder.customer.customer_id,
        lines=wish.lines,
    )
    return render(
        request,
        "portal/water_check.html",
        holder=holder,
        wish=wish,
        lines=lines,
        window=read_window(wish.window),
        goods_fen=sum(line.goods_fen for line in lines),
        deposit_fen=sum(line.deposits * line.deposit_fen for line in lines),
        request_key=uuid4().hex,
    )


@router.post("/orders")
def place(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    wish: Wished,
    request_key: Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")],
) -> Response:
    """Order it and go on to the cashier; the same form sent twice is one order."""
    window = read_window(wish.window)
    why = _flaw(request, uow, holder, wish)
    if why or window is None:
        return _form(request, uow, holder, wish, why=why)
    try:
        with uow.attempt():
            order = orders.place(
                uow,
                tenant_id=holder.tenant_id,
                customer_id=holder.customer.customer_id,
                lines=wish.lines,
                address=wish.address,
                district=wish.district,
                window=window,
                request_key=request_key,
                provider=wish.provider,
            )
    except InsufficientError:
        return _form(request, uow, holder, wish, why="tickets")
    return see_other(f"/portal/orders/{order.order_id}/cashier")


def read_window(text: str) -> Window | None:
    """A window as forms name it, e.g. `2026-11-21.morning`; None for what names none."""
    day, _, part = text.partition(".")
    try:
        return Window(date.fromisoformat(day), DayPart(part))
    except ValueError:
        return None


def _flaw(request: Request, uow: UnitOfWork, holder: Holder, wish: Wish) -> str:
    """What keeps the wish from being an order, as the form tells it; empty for nothing."""
    offered = {product.sku for product in orders.products_of(uow, tenant_id=holder.tenant_id)}
    fits = {
        "nothing": bool(wish.counts),
        "offer": set(wish.counts) <= offered
        and all(1 <= count <= COUNT_MAX for count in wish.counts.values()),
        "address": 1 <= len(wish.address) <= ADDRESS_LENGTH_MAX,
        "district": wish.district in orders.districts(uow, tenant_id=holder.tenant_id),
        "window": read_window(wish.window) in orders.windows(clock.now()),
        "provider": wish.provider in _providers(request),
    }
    return next((flaw for flaw, fit in fits.items() if not fit), "")


def _form(
    request: Request, uow: UnitOfWork, holder: Holder, wish: Wish, *, why: str = ""
) -> Response:
    tenant_id, customer_id = holder.tenant_id, holder.customer.customer_id
    return render(
        request,
        "portal/water.html",
        status_code=status.HTTP_422_UNPROCESSABLE_CONTENT if why else status.HTTP_200_OK,
        holder=holder,
        wish=wish,
        why=why,
        products=orders.products_of(uow, tenant_id=tenant_id),
        districts=orders.districts(uow, tenant_id=tenant_id),
        windows=orders.windows(clock.now()),
        providers=_providers(request),
        deposits=orders.deposits_of(uow, tenant_id=tenant_id, customer_id=customer_id),
        free=_free_tickets(uow, holder),
        booklets=booklets.offered(uow, tenant_id=tenant_id),
        orders=orders.listed(uow, tenant_id=tenant_id, customer_id=customer_id, limit=3),
    )


def _last_time(uow: UnitOfWork, holder: Holder) -> Wish:
    before = orders.listed(
        uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id, limit=1
    )
    if not before:
        return Wish({}, {})
    last = before[0]
    counts = {line.sku: line.quantity for line in last.lines}
    return Wish(counts, {}, last.district, last.address)


def _free_tickets(uow: UnitOfWork, holder: Holder) -> dict[str, int]:
    """The tickets that the customer may order with, by sku."""
    mine = booklets.in_hand(
        uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id
    )
    return {one.sku: one.free for one in mine if one.free}


def _providers(request: Request) -> Sequence[str]:
    """Where one can pay, the usual one first."""
    gateways: Gateways = request.app.state.gateways
    return sorted(gateways, key=lambda name: (name != "wechat", name))
