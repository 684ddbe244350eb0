"""What was agreed about a site holds once two people have said so, and not for the past."""

from datetime import timedelta

import pytest

from tapline import audit, clock, partners, tickets
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.partners import AgreementState, PartnerKind, Terms
from tapline.reconciliation import Side
from tapline.tickets import About, Source
from tests.integration.partners.cast import Cast, later, partner


def proposed(cast: Cast, terms: Terms | None = None, days: int = 0) -> partners.Agreement:
    return partners.propose_agreement(
        cast.uow,
        tenant_id="demo",
        site_id=cast.site.site_id,
        terms=terms or Terms(property_id=cast.estate.partner_id, share_per_mille=100),
        valid_from=clock.business_date(clock.now()) + timedelta(days=days),
        staff=cast.cai,
        reason="合同 2026-17",
    )


def decided(cast: Cast, agreement: partners.Agreement, who: str = "qian", **how: object) -> None:
    partners.decide_agreement(
        cast.uow,
        tenant_id="demo",
        agreement_id=agreement.agreement_id,
        staff=getattr(cast, who),
        **{"approve": True} | how,  # type: ignore[arg-type]
    )


@pytest.mark.req("C21", "C32", "H378")
def test_a_version_holds_when_a_second_person_has_approved_it(cast: Cast) -> None:
    agreement = proposed(cast)

    with pytest.raises(DeniedError, match="colleague"):
        decided(cast, agreement, "cai")
    decided(cast, agreement)

    assert agreement.state is AgreementState.APPROVED
    with pytest.raises(ConflictError):
        decided(cast, agreement)
    acts = audit.about(cast.uow, tenant_id="demo", subject=f"agreement:{agreement.agreement_id}")
    assert [(act.actor, act.action) for act in acts] == [
        ("qian", "agreement.approve"),
        ("cai", "agreement.propose"),
    ]


def test_a_refusal_needs_a_reason_and_changes_nothing(cast: Cast) -> None:
    cast.agreed(matrix={"leak": Side.PROPERTY})
    agreement = proposed(cast, Terms(matrix={"leak": Side.VENDOR}))

    with pytest.raises(InvalidError):
        decided(cast, agreement, approve=False)
    decided(cast, agreement, approve=False, reason="未签字")

    side = partners.responsible(
        cast.uow, tenant_id="demo", site_id=cast.site.site_id, category="leak"
    )
    assert side is Side.PROPERTY


def test_nothing_is_agreed_for_days_that_were_reckoned(cast: Cast) -> None:
    with pytest.raises(InvalidError, match="earliest"):
        proposed(cast, days=-1)
    waiting = proposed(cast)
    later(days=1)
    with pytest.raises(ConflictError, match="gone by"):
        decided(cast, waiting)


def test_terms_name_partners_of_the_tenant_and_of_the_right_kind(cast: Cast) -> None:
    with pytest.raises(InvalidError, match="no property"):
        proposed(cast, Terms(property_id=cast.vendor.partner_id))
    with pytest.raises(NotFoundError):
        proposed(cast, Terms(property_id=cast.site.site_id))
    with pytest.raises(DeniedError):
        partner(cast.uow, cast.lin, PartnerKind.PROPERTY, "别家物业")
    with pytest.raises(ConflictError, match="already"):
        partner(cast.uow, cast.cai, PartnerKind.PROPERTY, "西溪物业")


@pytest.mark.req("C21", "C24", "H388", "H389")
def test_a_case_says_whose_it_is_by_the_agreement_and_has_one_owner_all_the_same(
    cast: Cast,
) -> None:
    cast.agreed(matrix={"leak": Side.PROPERTY})

    ticket = tickets.report(
        cast.uow,
        tenant_id="demo",
        category="leak",
        about=About(source=Source.PORTAL, device_id="A"),
        actor="customer",
        words="漏水",
    )
    tickets.take(
        cast.uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        staff=cast.he,
        version=ticket.version,
    )

    assert ticket.facts["side"] == "property"
    assert ticket.owner_id == cast.he.staff_id
