"""A customer's card is lost: blocked at once, and said honestly which machines know it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from tapline import cards, devices, sites
from tapline.cards import Act, CardState, blocklist
from tapline.devices import Device
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.portal.purses import own_card

router = APIRouter(prefix="/cards/{card_no}")

Words = Annotated[str, Form(max_length=200)]

_NAMED = 8
"""So many machines are named; of more, how many."""


@router.get("/lost")
def lost_page(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: str
) -> Response:
    """What reporting it does; once it is reported, how far the machines know."""
    card = own_card(uow, holder, card_no)
    told = blocklist.progress(uow, tenant_id=holder.tenant_id, card_no=card_no)
    return render(
        request,
        "portal/lost.html",
        holder=holder,
        card=card,
        told=told,
        waiting=_machines(uow, holder, told),
        may_report=cards.may(card.state, Act.REPORT_LOST),
    )


@router.post("/lost")
def report_lost(
    uow: Transaction, holder: CurrentCustomer, card_no: str, words: Words = ""
) -> Response:
    """Block it; said twice it is blocked once."""
    if own_card(uow, holder, card_no).state is CardState.ACTIVE:
        cards.report_lost(
            uow,
            tenant_id=holder.tenant_id,
            card_no=card_no,
            actor=holder.actor,
            reason=words.strip() or "by_holder",
        )
    return see_other(f"/portal/cards/{card_no}/lost")


@router.post("/found")
def found(uow: Transaction, holder: CurrentCustomer, card_no: str) -> Response:
    """It is here after all."""
    if own_card(uow, holder, card_no).state is CardState.FROZEN:
        cards.found(
            uow,
            tenant_id=holder.tenant_id,
            card_no=card_no,
            actor=holder.actor,
            reason="by_holder",
        )
    return see_other(f"/portal/cards/{card_no}")


def _machines(
    uow: UnitOfWork, holder: Holder, told: blocklist.Progress | None
) -> list[tuple[Device, Site | None]]:
    """The first machines that do not know it yet, and where they stand."""
    waiting = told.waiting[:_NAMED] if told else ()
    places = {site.site_id: site for site in sites.listed(uow, tenant_id=holder.tenant_id)}
    found = [devices.get(uow, tenant_id=holder.tenant_id, device_id=one) for one in waiting]
    return [(one, places.get(one.site_id) if one.site_id else None) for one in found]
