"""A customer's cards, every pour, and where the money is."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import cards, ledger, policy, reports, tickets
from tapline.cards import Card, topups, warnings
from tapline.errors import InvalidError, NotFoundError
from tapline.reports import Line, Pour
from tapline.tickets import About, Source
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.exports import excel
from tapline_api.formats import Formats, formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.months import Month, recent
from tapline_api.web.photos import Photos, kept
from tapline_api.web.portal.refunds import newest_of
from tapline_api.web.portal.statements import statement_of, table_of

router = APIRouter()

_MOST = 5000
_Dated = TypeVar("_Dated", Line, Pour)


@router.get("/cards/{card_no}")
def card_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    month: Month = None,
    before: Annotated[str | None, Query(max_length=120)] = None,
) -> Response:
    """A card and its statement, newest first; of one month where one is named."""
    card = own_card(uow, holder, card_no)
    page = statement_of(uow, card, month=month, before=before)
    return render(
        request,
        "portal/card.html",
        holder=holder,
        card=card,
        balance=ledger.card(uow, tenant_id=holder.tenant_id, card_no=card_no),
        waiting=reports.money_waiting(uow, tenant_id=holder.tenant_id, card_no=card_no),
        days=list(by_day(page.lines, formats_of(request))),
        warnings=warnings.of_card(uow, tenant_id=holder.tenant_id, card_no=card_no),
        refund=newest_of(uow, holder, card_no=card_no),
        back_fen=_back_fen(uow, card),
        before=before,
        month=month,
        months=recent(12),
        next_page=str(page.rest) if page.rest else None,
    )


@router.get("/cards/{card_no}/statement.xlsx")
def table(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: str, month: Month = None
) -> Response:
    """The statement to keep, of one month or of all; it is on record who took it."""
    card = own_card(uow, holder, card_no)
    page = statement_of(uow, card, month=month, limit=_MOST)
    rows = table_of(page, card, formats_of(request))
    return excel(uow, holder, name=f"card-{card_no[-4:]}-{month or 'all'}", rows=rows)


@router.get("/cards/{card_no}/pours/{device_id}/{seq}")
def pour_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    device_id: str,
    seq: int,
) -> Response:
    """One pour with a timeline like a parcel's."""
    card, pour = _own_pour(uow, holder, card_no, device_id, seq)
    return _pour_page(request, holder, card, pour)


@router.post("/cards/{card_no}/pours/{device_id}/{seq}/report")
def report(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    device_id: str,
    seq: int,
    words: Annotated[str, Form(min_length=1, max_length=500)],
    photos: Photos = None,
) -> Response:
    """Tell what was wrong with a pour; sent twice it is one case."""
    card, pour = _own_pour(uow, holder, card_no, device_id, seq)
    try:
        file_ids = kept(uow, holder.tenant_id, photos or [])
    except InvalidError:
        return _pour_page(request, holder, card, pour, typed=words)
    ticket = tickets.report(
        uow,
        tenant_id=holder.tenant_id,
        category="pour_disputed",
        subject=f"dispute:{device_id}:{seq}",
        about=About(
            source=Source.PORTAL,
            facts={"words": words},
            device_id=device_id,
            card_no=card_no,
            customer_id=holder.customer.customer_id,
        ),
        actor=holder.actor,
        words=words,
        file_ids=file_ids,
    )
    return see_other(f"/portal/cases/{ticket.ticket_id}?thanks=1")


def _pour_page(
    request: Request, holder: Holder, card: Card, pour: Pour, *, typed: str | None = None
) -> Response:
    """The page; with what was typed where the photos could not be taken."""
    return render(
        request,
        "portal/pour.html",
        status_code=status.HTTP_200_OK if typed is None else status.HTTP_422_UNPROCESSABLE_CONTENT,
        holder=holder,
        card=card,
        pour=pour,
        typed=typed,
    )


def _owned(uow: UnitOfWork, holder: Holder) -> Sequence[Card]:
    return cards.owned_by(uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id)


def own_card(uow: UnitOfWork, holder: Holder, card_no: str) -> Card:
    """The customer's card; another's does not exist for him."""
    for card in _owned(uow, holder):
        if card.card_no == card_no:
            return card
    raise NotFoundError("no such card")


def _back_fen(uow: UnitOfWork, card: Card) -> int:
    """What has waited for a tap for so long that the way it was paid is offered."""
    in_force = policy.current(uow, tenant_id=card.tenant_id)
    long = timedelta(days=in_force.untapped_days)
    waiting = topups.untapped(uow, tenant_id=card.tenant_id, older_than=long, card_no=card.card_no)
    return sum(one.waiting_fen for one in waiting)


def his_own(uow: UnitOfWork, card: Card, pours: Sequence[Pour]) -> list[Pour]:
    """Of a card that changed hands, what its present holder drew."""
    since = cards.held_since(uow, tenant_id=card.tenant_id, card_no=card.card_no)
    return [pour for pour in pours if since is None or pour.at >= since]


def _own_pour(
    uow: UnitOfWork, holder: Holder, card_no: str, device_id: str, seq: int
) -> tuple[Card, Pour]:
    card = own_card(uow, holder, card_no)
    pour = reports.pour(
        uow, tenant_id=holder.tenant_id, card_no=card_no, device_id=device_id, seq=seq
    )
    if not his_own(uow, card, [pour]):
        raise NotFoundError("no such pour")
    return card, pour


def by_day(lines: Sequence[_Dated], formats: Formats) -> Iterator[tuple[str, list[_Dated]]]:
    """Lines under the day on which they happened, in the order in which they came."""
    for day, group in groupby(lines, key=lambda line: formats.day(line.at)):
        yield day, list(group)
