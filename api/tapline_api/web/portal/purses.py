"""A customer's cards, every pour, and where the money is."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import cards, ledger, reports, tickets
from tapline.cards import Card
from tapline.errors import InvalidError, NotFoundError
from tapline.reports import Pour
from tapline.tickets import About, Source
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.formats import Formats, formats_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.photos import Photos, kept
from tapline_api.web.portal.refunds import newest_of

router = APIRouter()

_PAGE = 30


@router.get("/cards/{card_no}")
def card_page(
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    before: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,32}\.\d{1,18}$")] = None,
) -> Response:
    """A card and its pours, newest first."""
    card = _own(uow, holder, card_no)
    device_id, _, seq = (before or "").rpartition(".")
    pours = reports.pours_of_card(
        uow,
        tenant_id=holder.tenant_id,
        card_no=card_no,
        limit=_PAGE,
        before=(device_id, int(seq)) if before else None,
    )
    last = pours[-1].fact if len(pours) == _PAGE else None
    return render(
        request,
        "portal/card.html",
        holder=holder,
        card=card,
        balance=ledger.card(uow, tenant_id=holder.tenant_id, card_no=card_no),
        days=list(by_day(pours, formats_of(request))),
        refund=newest_of(uow, holder, card_no=card_no),
        before=before,
        next_page=f"{last.device_id}.{last.seq}" if last else None,
    )


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


def _own(uow: UnitOfWork, holder: Holder, card_no: str) -> Card:
    """The customer's card; another's does not exist for him."""
    for card in _owned(uow, holder):
        if card.card_no == card_no:
            return card
    raise NotFoundError("no such card")


def _own_pour(
    uow: UnitOfWork, holder: Holder, card_no: str, device_id: str, seq: int
) -> tuple[Card, Pour]:
    card = _own(uow, holder, card_no)
    pour = reports.pour(
        uow, tenant_id=holder.tenant_id, card_no=card_no, device_id=device_id, seq=seq
    )
    return card, pour


def by_day(pours: Sequence[Pour], formats: Formats) -> Iterator[tuple[str, list[Pour]]]:
    """Pours under the day on which they happened, in the order in which they came."""
    for day, group in groupby(pours, key=lambda pour: formats.day(pour.at)):
        yield day, list(group)
