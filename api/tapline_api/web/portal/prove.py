"""Showing a card: at a machine, to prove that one holds it; on the screen, to pour with it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from tapline import cards, devices, sites
from tapline.cards import Card, CardKind, challenges
from tapline.cards.authorisations import screens
from tapline.cards.challenges import Challenge, ChallengeState
from tapline.devices import Device
from tapline.errors import ConflictError, NotFoundError
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render

router = APIRouter()

_LOOK_EVERY_S = 2
"""How often the page looks whether a card was tapped."""


@router.get("/prove")
def which_machine(
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    machine: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Asks for the number on the machine; its code leads to the next page at once."""
    known = machine.strip()
    if known and known in {
        one.device_id for one in devices.listed(uow, tenant_id=holder.tenant_id)
    }:
        return see_other(f"/portal/prove/{known}")
    code = status.HTTP_422_UNPROCESSABLE_CONTENT if known else status.HTTP_200_OK
    return render(
        request,
        "portal/prove.html",
        status_code=code,
        holder=holder,
        device=None,
        typed=machine,
    )


@router.get("/prove/{device_id}")
def at_machine(
    request: Request, uow: Transaction, holder: CurrentCustomer, device_id: str
) -> Response:
    """What will happen at this machine, or why it cannot now."""
    return _machine_page(request, uow, holder, device_id)


@router.post("/prove/{device_id}")
def begin(request: Request, uow: Transaction, holder: CurrentCustomer, device_id: str) -> Response:
    """Have the machine wait for the card."""
    customer_id = holder.customer.customer_id
    try:
        challenge = challenges.ask(
            uow, tenant_id=holder.tenant_id, device_id=device_id, customer_id=customer_id
        )
    except ConflictError:
        return _machine_page(request, uow, holder, device_id, code=status.HTTP_409_CONFLICT)
    return see_other(f"/portal/proofs/{challenge.challenge_id}")


@router.get("/proofs/{challenge_id}")
def proof_page(
    request: Request, uow: Transaction, holder: CurrentCustomer, challenge_id: UUID
) -> Response:
    """Tap now; is this your card; it is yours."""
    return _proof_page(request, uow, holder, _own(uow, holder, challenge_id))


@router.post("/proofs/{challenge_id}/confirm")
def confirm(
    request: Request, uow: Transaction, holder: CurrentCustomer, challenge_id: UUID
) -> Response:
    """It was my card: register it to me."""
    challenge = _own(uow, holder, challenge_id)
    try:
        challenges.confirm(
            uow,
            tenant_id=holder.tenant_id,
            customer_id=holder.customer.customer_id,
            challenge_id=challenge_id,
        )
    except ConflictError:
        return _proof_page(request, uow, holder, challenge, code=status.HTTP_409_CONFLICT)
    return see_other(f"/portal/proofs/{challenge_id}")


@router.post("/proofs/{challenge_id}/reject")
def reject(uow: Transaction, holder: CurrentCustomer, challenge_id: UUID) -> Response:
    """It was somebody else's card."""
    challenge = _own(uow, holder, challenge_id)
    challenges.reject(
        uow,
        tenant_id=holder.tenant_id,
        customer_id=holder.customer.customer_id,
        challenge_id=challenge_id,
    )
    return see_other(f"/portal/prove/{challenge.device_id}")


@router.post("/cards/{card_no}/code")
def show_code(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: str
) -> Response:
    """A code for a machine to read off the screen, good for a minute and one pour."""
    owned = cards.owned_by(uow, tenant_id=holder.tenant_id, customer_id=holder.customer.customer_id)
    card = next((one for one in owned if one.card_no == card_no), None)
    if card is None or card.kind is not CardKind.QR:
        raise NotFoundError("no such card")
    shown = screens.show(uow, card=card)
    return render(request, "portal/screen.html", holder=holder, card=card, shown=shown)


def _machine_page(
    request: Request,
    uow: UnitOfWork,
    holder: Holder,
    device_id: str,
    *,
    code: int = status.HTTP_200_OK,
) -> Response:
    why = challenges.obstacle(
        uow,
        tenant_id=holder.tenant_id,
        device_id=device_id,
        customer_id=holder.customer.customer_id,
    )
    device, site = _place(uow, holder, device_id)
    return render(
        request,
        "portal/prove.html",
        status_code=code,
        holder=holder,
        device=device,
        site=site,
        obstacle=why,
    )


def _proof_page(
    request: Request,
    uow: UnitOfWork,
    holder: Holder,
    challenge: Challenge,
    *,
    code: int = status.HTTP_200_OK,
) -> Response:
    device, site = _place(uow, holder, challenge.device_id)
    waiting = challenge.state is ChallengeState.WAITING
    return render(
        request,
        "portal/proof.html",
        status_code=code,
        headers={"Refresh": str(_LOOK_EVERY_S)} if waiting else None,
        holder=holder,
        challenge=challenge,
        device=device,
        site=site,
        free=_is_free(uow, holder, challenge),
    )


def _is_free(uow: UnitOfWork, holder: Holder, challenge: Challenge) -> bool:
    """Whether the card tapped can become, or is, this customer's."""
    if challenge.card_no is None:
        return False
    card: Card = cards.get(uow, tenant_id=holder.tenant_id, card_no=challenge.card_no)
    return card.customer_id in {None, holder.customer.customer_id}


def _place(uow: UnitOfWork, holder: Holder, device_id: str) -> tuple[Device, Site | None]:
    device = devices.get(uow, tenant_id=holder.tenant_id, device_id=device_id)
    by_id = {site.site_id: site for site in sites.listed(uow, tenant_id=holder.tenant_id)}
    return device, by_id.get(device.site_id) if device.site_id else None


def _own(uow: UnitOfWork, holder: Holder, challenge_id: UUID) -> Challenge:
    return challenges.get(
        uow,
        tenant_id=holder.tenant_id,
        customer_id=holder.customer.customer_id,
        challenge_id=challenge_id,
    )
