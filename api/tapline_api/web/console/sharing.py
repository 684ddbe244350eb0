"""Statements shared with other operators: keys, consents, and what others gave to us."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile, status

from tapline import partners, people, sharing
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.partners import PartnerKind
from tapline.people import Customer, Role
from tapline.sharing.documents import DOCUMENT_BYTES_MAX
from tapline.uow import UnitOfWork
from tapline_api.deps import Member, Transaction, WrongDoorError
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Operator, Treasurer
from tapline_api.web.signing import json_file, vault_of

router = APIRouter(prefix="/sharing")

_HOME = "/console/sharing"
_REVOCATION_BYTES_MAX = 10_000


def _administrator(member: Treasurer) -> Member:
    if member.staff.role is not Role.ADMIN:
        raise WrongDoorError
    return member


Administrator = Annotated[Member, Depends(_administrator)]
"""Who decides whose keys are trusted."""


@router.get("")
def sharing_page(request: Request, uow: Transaction, member: Treasurer) -> Response:
    """Our key, other operators and theirs, and what customers allowed."""
    tenant_id = member.tenant_id
    operators = [
        one for one in partners.listed(uow, tenant_id=tenant_id) if one.kind is PartnerKind.OPERATOR
    ]
    given = sharing.consents.of_tenant(uow, tenant_id=tenant_id)
    return render(
        request,
        "console/sharing.html",
        member=member,
        own=sharing.keys.own(uow, tenant_id=tenant_id),
        operators=[
            (one, sharing.keys.of_partner(uow, tenant_id=tenant_id, partner_id=one.partner_id))
            for one in operators
        ],
        names={one.partner_id: one.name for one in operators},
        given=given,
        untold=set(sharing.revocations.to_hand_over(uow, tenant_id=tenant_id)),
        exports=sharing.exports.of_consents(
            uow, tenant_id=tenant_id, consent_ids=[one.consent.consent_id for one in given]
        ),
    )


@router.post("/key")
def make_key(request: Request, uow: Transaction, member: Administrator) -> Response:
    """The key with which we sign, once."""
    sharing.keys.make(uow, tenant_id=member.tenant_id, vault=vault_of(request), actor=member.actor)
    return see_other(_HOME)


@router.post("/keys")
def add_key(
    *,
    uow: Transaction,
    member: Administrator,
    partner: Annotated[UUID, Form()],
    public_key: Annotated[str, Form(max_length=200)],
    evidence: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Another operator's key."""
    sharing.keys.add(
        uow,
        tenant_id=member.tenant_id,
        partner_id=partner,
        public_key=public_key,
        evidence=evidence,
        staff=member.staff,
    )
    return see_other(_HOME)


@router.post("/keys/{key_id}/end")
def end_key(uow: Transaction, member: Administrator, key_id: UUID) -> Response:
    """Trust it no longer."""
    sharing.keys.end(uow, tenant_id=member.tenant_id, key_id=key_id, staff=member.staff)
    return see_other(_HOME)


@router.post("/consents/{consent_id}/file")
def file(request: Request, uow: Transaction, member: Treasurer, consent_id: UUID) -> Response:
    """The file for the receiver; the customer sees that it was handed out."""
    document = sharing.exports.export(
        uow,
        tenant_id=member.tenant_id,
        consent_id=consent_id,
        vault=vault_of(request),
        actor=member.actor,
    )
    return json_file(document, "card-statement.json")


@router.post("/consents/{consent_id}/revocation")
def revocation(request: Request, uow: Transaction, member: Treasurer, consent_id: UUID) -> Response:
    """That a customer took it back, signed, for the receiver who has a file."""
    document = sharing.revocations.document(
        uow,
        tenant_id=member.tenant_id,
        consent_id=consent_id,
        vault=vault_of(request),
        actor=member.actor,
    )
    return json_file(document, "revocation.json")


@router.post("/revocations")
def take_revocation(
    *,
    uow: Transaction,
    member: Treasurer,
    revocation: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Another operator's customer took his consent back: what we have of it goes."""
    content = revocation.file.read(_REVOCATION_BYTES_MAX + 1) if revocation else b""
    try:
        document = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidError("this is no revocation: it is not written in UTF-8") from None
    sharing.received.take_revocation(
        uow, tenant_id=member.tenant_id, document=document, actor=member.actor
    )
    return see_other(_HOME)


@router.get("/customers/{customer_id}")
def customer_page(
    request: Request, uow: Transaction, member: Operator, customer_id: UUID
) -> Response:
    """What other operators gave to us of a customer."""
    return _customer_page(request, uow, member, customer_id)


@router.post("/customers/{customer_id}")
def receive(
    *,
    request: Request,
    uow: Transaction,
    member: Operator,
    customer_id: UUID,
    code: Annotated[str, Form(min_length=1, max_length=40)],
    statement: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Take a file that the customer or his other operator gave; one that cannot be taken changes
    nothing, and the page says why."""
    _customer(uow, member, customer_id)
    try:
        with uow.attempt():
            sharing.received.receive(
                uow,
                tenant_id=member.tenant_id,
                customer_id=customer_id,
                document=statement.file.read(DOCUMENT_BYTES_MAX + 1) if statement else b"",
                code=code,
                actor=member.actor,
            )
    except (ConflictError, InvalidError) as error:
        return _customer_page(request, uow, member, customer_id, refused=error)
    return see_other(f"{_HOME}/customers/{customer_id}")


def _customer_page(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    customer_id: UUID,
    *,
    refused: ConflictError | InvalidError | None = None,
) -> Response:
    return render(
        request,
        "console/sharing_customer.html",
        status_code=status.HTTP_422_UNPROCESSABLE_CONTENT if refused else status.HTTP_200_OK,
        member=member,
        customer=_customer(uow, member, customer_id),
        shown=sharing.received.of_customer(
            uow, tenant_id=member.tenant_id, customer_id=customer_id, actor=member.actor
        ),
        has_key=sharing.keys.own(uow, tenant_id=member.tenant_id) is not None,
        refused=refused,
    )


def _customer(uow: UnitOfWork, member: Member, customer_id: UUID) -> Customer:
    customer = people.find_customer(uow, tenant_id=member.tenant_id, customer_id=customer_id)
    if customer is None:
        raise NotFoundError("no such customer")
    return customer
