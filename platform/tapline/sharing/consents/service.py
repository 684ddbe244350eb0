import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tapline import audit, cards, clock, partners, people
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.people import Customer
from tapline.sharing import keys
from tapline.sharing.consents import rules
from tapline.sharing.consents.model import Purpose, SharingConsent, SharingRevocation
from tapline.sharing.consents.repository import ConsentRepository
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Given:
    """A consent and what became of it."""

    consent: SharingConsent
    revocation: SharingRevocation | None

    @property
    def in_force(self) -> bool:
        """Whether something may be given on it today."""
        return self.revocation is None and self.consent.ends_on >= _today()


def offered(
    uow: UnitOfWork, *, customer: Customer, card_no: str, back_days: int, days: int
) -> tuple[date, date]:
    """The first day that would be told of, and the last on which it would be.

    Raises:
        NotFoundError: the card is not the customer's.
        InvalidError: too far back, or too long.
    """
    card = cards.get(uow, tenant_id=customer.tenant_id, card_no=card_no)
    if card.customer_id != customer.customer_id:
        raise NotFoundError("no such card")
    held_since = cards.held_since(uow, tenant_id=customer.tenant_id, card_no=card_no)
    return rules.first_day(_today(), back_days, held_since), rules.last_day(_today(), days)


def give(
    uow: UnitOfWork,
    *,
    customer: Customer,
    card_no: str,
    partner_id: UUID,
    purpose: Purpose,
    back_days: int,
    days: int,
    locale: str,
    agreed: bool,
) -> SharingConsent:
    """Write down that a customer lets `partner_id` have his card's statement.

    Raises:
        DeniedError: he is under 18: a guardian would have to agree.
        NotFoundError: the card is not his, or there is no such receiver.
        InvalidError: he did not agree, or it goes too far back or on for too long.
        ConflictError: the receiver has no key.
    """
    tenant_id = customer.tenant_id
    if people.is_minor(customer):
        raise DeniedError("whoever is under 18 needs a guardian for this: come to the service desk")
    since, ends_on = offered(
        uow, customer=customer, card_no=card_no, back_days=back_days, days=days
    )
    if not agreed:
        raise InvalidError("tick that you agree; without it nothing is given to anybody")
    partner = partners.get(uow, tenant_id=tenant_id, partner_id=partner_id)
    if keys.current(uow, tenant_id=tenant_id, partner_id=partner_id) is None:
        raise ConflictError(f"{partner.name} cannot receive statements: it has no key here")
    consent = SharingConsent(
        consent_id=new_id(),
        tenant_id=tenant_id,
        customer_id=customer.customer_id,
        card_no=card_no,
        partner_id=partner_id,
        purpose=purpose,
        fields=list(rules.FIELDS),
        since=since,
        ends_on=ends_on,
        wording=rules.NEWEST,
        words=rules.wording(
            rules.NEWEST,
            locale=locale,
            receiver=partner.legal_entity,
            since=since,
            ends_on=ends_on,
        ),
        code=base64.b32encode(secrets.token_bytes(10)).decode(),
        given_at=clock.now(),
    )
    ConsentRepository(uow, tenant_id).add(consent)
    _record(uow, consent, "sharing.consent", f"customer:{customer.customer_id}")
    return consent


def revoke(uow: UnitOfWork, *, customer: Customer, consent_id: UUID) -> Given:
    """Take a consent back, at once; taken back twice, the first time counts.

    Raises:
        NotFoundError: he gave no such consent.
    """
    consents = ConsentRepository(uow, customer.tenant_id)
    consent, before = consents.locked(consent_id)
    if consent.customer_id != customer.customer_id:
        raise NotFoundError("no such consent")
    if before is not None:
        return Given(consent, before)
    actor = f"customer:{customer.customer_id}"
    revocation = SharingRevocation(
        consent_id=consent_id, tenant_id=consent.tenant_id, actor=actor, revoked_at=clock.now()
    )
    consents.add(revocation)
    _record(uow, consent, "sharing.revoke", actor)
    return Given(consent, revocation)


def check_in_force(uow: UnitOfWork, *, tenant_id: str, consent_id: UUID) -> SharingConsent:
    """The consent, which nobody takes back before this transaction ends.

    Raises:
        NotFoundError: there is none such.
        ConflictError: it was taken back, has ended, or the card is somebody else's by now.
    """
    given = Given(*ConsentRepository(uow, tenant_id).locked(consent_id))
    consent = given.consent
    if given.revocation is not None:
        raise ConflictError("the customer took his consent back: nothing is given any more")
    if not given.in_force:
        raise ConflictError(
            f"the consent ended on {consent.ends_on}: the customer may give another"
        )
    card = cards.get(uow, tenant_id=tenant_id, card_no=consent.card_no)
    if card.customer_id != consent.customer_id:
        raise ConflictError("the card is no longer his who consented")
    return consent


def of_card(uow: UnitOfWork, *, customer: Customer, card_no: str) -> list[Given]:
    """What a customer allowed of a card, newest first."""
    consents = ConsentRepository(uow, customer.tenant_id)
    return [Given(*row) for row in consents.of_card(card_no, customer.customer_id)]


def of_tenant(uow: UnitOfWork, *, tenant_id: str, limit: int = 100) -> Sequence[Given]:
    """The newest consents of a tenant's customers."""
    return [Given(*row) for row in ConsentRepository(uow, tenant_id).newest(limit)]


def _today() -> date:
    return clock.business_date(clock.now())


def _record(uow: UnitOfWork, consent: SharingConsent, action: str, actor: str) -> None:
    audit.record(
        uow,
        tenant_id=consent.tenant_id,
        actor=actor,
        action=action,
        subject=f"card:{consent.card_no}",
        reason=f"consent:{consent.consent_id} partner:{consent.partner_id}",
    )
