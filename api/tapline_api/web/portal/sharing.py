"""A customer lets another operator see a card's statement, sees who got it, and takes it back."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from tapline import cards, ledger, partners, people, sharing
from tapline.errors import ConflictError, NotFoundError
from tapline.sharing.consents import NEWEST, Purpose, wording
from tapline.uow import UnitOfWork
from tapline_api.deps import CurrentCustomer, Holder, Transaction
from tapline_api.localisation import locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.portal.purses import own_card
from tapline_api.web.signing import json_file, vault_of

router = APIRouter(prefix="/cards/{card_no}/sharing")

_BACK_DAYS = (90, 365, 3 * 365)
_DAYS = (7, 30, 180)


@router.get("")
def sharing_page(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: str
) -> Response:
    """What was allowed, and what was given of it to whom; whom it could be given to."""
    tenant_id = holder.tenant_id
    card = own_card(uow, holder, card_no)
    given = sharing.consents.of_card(uow, customer=holder.customer, card_no=card_no)
    return render(
        request,
        "portal/sharing.html",
        holder=holder,
        card=card,
        given=given,
        exports=sharing.exports.of_consents(
            uow, tenant_id=tenant_id, consent_ids=[one.consent.consent_id for one in given]
        ),
        names={one.partner_id: one.name for one in partners.listed(uow, tenant_id=tenant_id)},
        receivers=sharing.keys.receivers(uow, tenant_id=tenant_id),
        is_minor=people.is_minor(holder.customer),
        is_whole=_is_whole(uow, holder, card_no),
        purposes=list(Purpose),
        back_days=_BACK_DAYS,
        days=_DAYS,
    )


@router.get("/new")
def words_page(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    partner: UUID | None = None,
    purpose: Purpose = Purpose.SWITCH,
    back_days: Annotated[int, Query(ge=1)] = 90,
    days: Annotated[int, Query(ge=1)] = 30,
) -> Response:
    """The words that he would agree to, as they are kept afterwards."""
    card = own_card(uow, holder, card_no)
    if partner is None:
        return see_other(f"/portal/cards/{card_no}/sharing")
    receiver = partners.get(uow, tenant_id=holder.tenant_id, partner_id=partner)
    since, ends_on = sharing.consents.offered(
        uow, customer=holder.customer, card_no=card_no, back_days=back_days, days=days
    )
    return render(
        request,
        "portal/sharing_words.html",
        holder=holder,
        card=card,
        receiver=receiver,
        purpose=purpose,
        back_days=back_days,
        days=days,
        words=wording(
            NEWEST,
            locale=locale_of(request),
            receiver=receiver.legal_entity,
            since=since,
            ends_on=ends_on,
        ),
    )


@router.post("")
def agree(
    *,
    request: Request,
    uow: Transaction,
    holder: CurrentCustomer,
    card_no: str,
    partner: Annotated[UUID, Form()],
    purpose: Annotated[Purpose, Form()],
    back_days: Annotated[int, Form(ge=1)],
    days: Annotated[int, Form(ge=1)],
    agree: Annotated[bool, Form()] = False,
) -> Response:
    """He agrees, by a tick of its own."""
    sharing.consents.give(
        uow,
        customer=holder.customer,
        card_no=card_no,
        partner_id=partner,
        purpose=purpose,
        back_days=back_days,
        days=days,
        locale=locale_of(request),
        agreed=agree,
    )
    return see_other(f"/portal/cards/{card_no}/sharing")


@router.post("/{consent_id}/revoke")
def revoke(uow: Transaction, holder: CurrentCustomer, card_no: str, consent_id: UUID) -> Response:
    """He takes it back."""
    sharing.consents.revoke(uow, customer=holder.customer, consent_id=consent_id)
    return see_other(f"/portal/cards/{card_no}/sharing")


@router.post("/{consent_id}/file")
def file(
    request: Request, uow: Transaction, holder: CurrentCustomer, card_no: str, consent_id: UUID
) -> Response:
    """The file for the receiver, in the customer's own hand."""
    given = sharing.consents.of_card(uow, customer=holder.customer, card_no=card_no)
    if consent_id not in {one.consent.consent_id for one in given}:
        raise NotFoundError("no such consent")
    document = sharing.exports.export(
        uow,
        tenant_id=holder.tenant_id,
        consent_id=consent_id,
        vault=vault_of(request),
        actor=holder.actor,
    )
    return json_file(document, "card-statement.json")


@router.get("/own.json")
def own_statement(uow: Transaction, holder: CurrentCustomer, card_no: str) -> Response:
    """All that was ever posted to his card, with its proof: his own copy, for whomever he likes."""
    own_card(uow, holder, card_no)
    if not _is_whole(uow, holder, card_no):
        raise ConflictError("the card was somebody else's: its first part is not yours to take out")
    statement = ledger.prove(uow, tenant_id=holder.tenant_id, card_no=card_no)
    return json_file(json.dumps(statement, ensure_ascii=False, indent=1), "own-statement.json")


def _is_whole(uow: UnitOfWork, holder: Holder, card_no: str) -> bool:
    """Whether the card was nobody else's before."""
    return cards.held_since(uow, tenant_id=holder.tenant_id, card_no=card_no) is None
