"""Water tickets: what is on sale, what customers still have, and what deliveries used up."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, status

from tapline import audit, clock, orders, people, reports
from tapline.errors import InvalidError, NotFoundError
from tapline.files.sheets import Cell
from tapline.orders import booklets
from tapline.reports import DeliveryDay
from tapline.uow import UnitOfWork
from tapline_api import exports
from tapline_api.deps import CurrentAgent, Member, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.amounts import read_yuan
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.console.office import Supervisor

router = APIRouter(prefix="/booklets")

_HOME = "/console/booklets"
_DAYS = 14
"""So many business days of deliveries, the present one included."""


@router.get("")
def booklets_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Prepaid tickets by product in tickets and money, booklets on sale, and deliveries."""
    return _page(request, uow, member)


@router.post("")
def put(
    *,
    request: Request,
    uow: Transaction,
    member: Supervisor,
    code: Annotated[str, Form(max_length=32)],
    sku: Annotated[str, Form(max_length=32)],
    tickets: Annotated[int, Form()],
    price: Annotated[str, Form(max_length=20)],
    on_sale: Annotated[bool, Form()] = False,
) -> Response:
    """Another version of a booklet, or the first; those bought before keep their terms."""
    try:
        with uow.attempt():
            booklets.put(
                uow,
                tenant_id=member.tenant_id,
                code=code.strip(),
                sku=sku,
                tickets=tickets,
                price_fen=read_yuan(price),
                on_sale=on_sale,
                by=member.staff,
            )
    except InvalidError as error:
        return _page(request, uow, member, refusal=str(error))
    return see_other(_HOME)


@router.get("/deliveries.xlsx")
def deliveries_export(uow: Transaction, member: Treasurer) -> Response:
    """Deliveries by station and day, with the tickets that they used up."""
    rows: list[list[Cell]] = [
        [
            *("day", "station", "orders", "barrels", "tickets_redeemed"),
            *("on_time", "minutes_median", "minutes_p90"),
        ]
    ]
    rows += [
        [
            *(one.day.isoformat(), one.station, one.orders, one.barrels, one.tickets),
            *(one.on_time, one.minutes_median, one.minutes_p90),
        ]
        for one in _deliveries(uow, member)
    ]
    return exports.excel(uow, member, name="deliveries", rows=rows)


@router.get("/{booklet_code}")
def versions_page(
    request: Request, uow: Transaction, member: Treasurer, booklet_code: str
) -> Response:
    """What a booklet ever cost, by whom and since when."""
    versions = booklets.versions(uow, tenant_id=member.tenant_id, code=booklet_code)
    if not versions:
        raise NotFoundError(f"no booklet {booklet_code}")
    return render(
        request,
        "console/booklet.html",
        member=member,
        versions=versions,
        products=_products(uow, member),
    )


@router.get("/customers/{customer_id}")
def customer_page(
    request: Request, uow: Transaction, member: CurrentAgent, customer_id: UUID
) -> Response:
    """A customer's tickets, and what became of each; that somebody looked is on record."""
    tenant_id = member.tenant_id
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id)
    if customer is None:
        raise NotFoundError(f"no customer {customer_id}")
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=member.actor,
        action="tickets.read",
        subject=f"customer:{customer_id}",
    )
    mine = booklets.in_hand(uow, tenant_id=tenant_id, customer_id=customer_id)
    bought = booklets.of_customer(uow, tenant_id=tenant_id, customer_id=customer_id)
    skus = dict.fromkeys([*(one.sku for one in mine), *(one.sku for one in bought)])
    return render(
        request,
        "console/booklet_customer.html",
        member=member,
        customer=customer,
        mine=mine,
        bought=bought,
        uses={
            sku: booklets.history(uow, tenant_id=tenant_id, customer_id=customer_id, sku=sku)
            for sku in skus
        },
        products=_products(uow, member),
        may_ask=member.staff.role is not people.Role.FINANCE,
    )


def _page(request: Request, uow: UnitOfWork, member: Member, *, refusal: str = "") -> Response:
    wrong = status.HTTP_422_UNPROCESSABLE_CONTENT
    return render(
        request,
        "console/booklets.html",
        status_code=wrong if refusal else status.HTTP_200_OK,
        member=member,
        outstanding=booklets.outstanding(uow, tenant_id=member.tenant_id),
        booklets=booklets.offered(uow, tenant_id=member.tenant_id, ended=True),
        products=_products(uow, member),
        deliveries=_deliveries(uow, member),
        days=_DAYS,
        may_put=member.staff.role in {people.Role.SUPERVISOR, people.Role.ADMIN},
        refusal=refusal,
    )


def _products(uow: UnitOfWork, member: Member) -> dict[str, orders.Product]:
    return {one.sku: one for one in orders.products_of(uow, tenant_id=member.tenant_id)}


def _deliveries(uow: UnitOfWork, member: Member) -> list[DeliveryDay]:
    today = clock.business_date(clock.now())
    first = today - timedelta(days=_DAYS - 1)
    return reports.deliveries(uow, tenant_id=member.tenant_id, first=first, last=today)
