"""What is agreed about a site: every version, a new one, and the second person's word."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from tapline import clock, devices, money, partners, people
from tapline.errors import InvalidError, NotFoundError
from tapline.partners import Base, PartnerKind, Terms
from tapline.reconciliation import Side
from tapline.tickets import categories
from tapline.uow import UnitOfWork
from tapline_api.deps import Transaction
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.web.console.doors import Treasurer
from tapline_api.web.statement_page import decimal, sites_of

router = APIRouter(prefix="/agreements")

_HOME = "/console/agreements"
_SIDES = (Side.OPERATOR, Side.PROPERTY, Side.VENDOR)


@router.get("/{site_id}")
def site_page(request: Request, uow: Transaction, member: Treasurer, site_id: UUID) -> Response:
    """The versions of a site, and a form for the next, filled with what holds now."""
    tenant_id = member.tenant_id
    site = sites_of(uow, tenant_id).get(site_id)
    if site is None:
        raise NotFoundError("no such site")
    today = clock.business_date(clock.now())
    held = partners.book(uow, tenant_id=tenant_id, site_ids=[site_id]).on(site_id, today)
    listed = partners.listed(uow, tenant_id=tenant_id)
    versions = partners.agreements_of(uow, tenant_id=tenant_id, site_id=site_id)
    staff = people.staff_of(uow, tenant_id=tenant_id)
    terms = held.terms if held else Terms()
    return render(
        request,
        "console/agreement.html",
        member=member,
        site=site,
        held=held,
        terms=terms,
        versions=[(one, partners.read_terms(one.terms)) for one in versions],
        partners={one.partner_id: one for one in listed},
        properties=[one for one in listed if one.kind is PartnerKind.PROPERTY],
        vendors=[one for one in listed if one.kind is PartnerKind.VENDOR],
        hardware=_hardware(uow, tenant_id, site_id, terms),
        categories=list(categories.CATEGORIES),
        sides=_SIDES,
        decimal=decimal,
        names={one.staff_id: one.name for one in staff},
        today=today,
    )


@router.post("/{site_id}")
def propose(
    *,
    uow: Transaction,
    member: Treasurer,
    site_id: UUID,
    valid_from: Annotated[date, Form()],
    reason: Annotated[str, Form(max_length=300)],
    property_id: Annotated[UUID | None, Form()] = None,
    share_percent: Annotated[Decimal, Form(ge=0, le=100)] = Decimal(0),
    daily_rent_yuan: Annotated[str, Form(max_length=20)] = "0",
    outage_hours: Annotated[int | None, Form(ge=0)] = None,
    multiplier: Annotated[int, Form()] = 3,
    electricity_yuan: Annotated[Decimal, Form(ge=0, le=100)] = Decimal(0),
    water_yuan: Annotated[Decimal, Form(ge=0, le=100)] = Decimal(0),
    utilities_from: Annotated[Side, Form()] = Side.PROPERTY,
    vendors: Annotated[list[str] | None, Form()] = None,
    matrix: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """A new version; it holds once a colleague has approved it.

    `vendors` are `model=partner`, `matrix` are `category=side`; what is left open is left out.
    """
    clause = _clause(outage_hours, multiplier)
    terms = partners.read_terms(
        {
            "property_id": str(property_id) if property_id else None,
            "vendors": _pairs(vendors),
            "share_per_mille": _per_mille(share_percent),
            "daily_rent_fen": _fen(daily_rent_yuan),
            "matrix": {
                code: side for code, side in _pairs(matrix).items() if side != Side.OPERATOR
            },
            "clauses": [clause] if clause else [],
            "electricity_millifen": _millifen(electricity_yuan),
            "water_millifen": _millifen(water_yuan),
            "utilities_from": utilities_from.value,
        }
    )
    partners.propose_agreement(
        uow,
        tenant_id=member.tenant_id,
        site_id=site_id,
        terms=terms,
        valid_from=valid_from,
        staff=member.staff,
        reason=reason,
    )
    return see_other(f"{_HOME}/{site_id}")


@router.post("/versions/{agreement_id}")
def decide(
    *,
    uow: Transaction,
    member: Treasurer,
    agreement_id: UUID,
    approve: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """The second person's word."""
    agreement = partners.decide_agreement(
        uow,
        tenant_id=member.tenant_id,
        agreement_id=agreement_id,
        approve=approve,
        staff=member.staff,
        reason=reason,
    )
    return see_other(f"{_HOME}/{agreement.site_id}")


def _hardware(uow: UnitOfWork, tenant_id: str, site_id: UUID, terms: Terms) -> Sequence[str]:
    """The models of machines on the site, and those that terms speak of."""
    standing = devices.listed(uow, tenant_id=tenant_id, sites=[site_id])
    models = {str(one.hello["hw"]) for one in standing if one.hello and one.hello.get("hw")}
    return sorted(models | terms.vendors.keys())


def _pairs(texts: Sequence[str] | None) -> dict[str, str]:
    """`name=value` each, the value where one was chosen."""
    pairs = (text.rpartition("=") for text in texts or ())
    return {name: value for name, _, value in pairs if name and value}


def _per_mille(percent: Decimal) -> int:
    """Thousandths of a percentage with one decimal at most."""
    if percent * 10 != (percent * 10).to_integral_value():
        raise InvalidError("a share has one decimal at most, such as 12.5 %")
    return int(percent * 10)


def _millifen(yuan: Decimal) -> int:
    """Thousandths of a fen of a price with five decimals at most."""
    if yuan * 100_000 != (yuan * 100_000).to_integral_value():
        raise InvalidError("a price has five decimals at most, such as 0.53830")
    return int(yuan * 100_000)


def _fen(yuan: str) -> int:
    try:
        return money.yuan(yuan.strip() or "0")
    except ValueError as error:
        raise InvalidError(f"the daily rent: {error}") from None


def _clause(hours: int | None, multiplier: int) -> dict[str, object] | None:
    """The clause about machines out of service, as stored; none where no hours are named."""
    if hours is None:
        return None
    return {"threshold_s": hours * 3600, "multiplier": multiplier, "base": Base.DAILY_RENT.value}
