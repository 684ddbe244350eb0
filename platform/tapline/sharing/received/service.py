from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tapline import audit, clock, partners, people, policy
from tapline.errors import ConflictError, NotFoundError
from tapline.ids import new_id
from tapline.partners import Partner
from tapline.sharing import documents, keys
from tapline.sharing.documents import Content
from tapline.sharing.received import rules
from tapline.sharing.received.model import ReceivedStatement
from tapline.sharing.received.repository import ReceivedRepository
from tapline.sharing.received.rules import Movement
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement that was taken, whose it is, and what it says; amounts in fen."""

    statement: ReceivedStatement
    partner: Partner
    content: Content | None
    """None once its consent has ended."""
    opening_fen: int
    movements: list[Movement]

    @property
    def worth_fen(self) -> int:
        """What the card was worth at the end."""
        return self.movements[-1].worth_fen if self.movements else self.opening_fen


def receive(
    uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, document: bytes, code: str, actor: str
) -> ReceivedStatement:
    """Check another operator's file and keep it with our customer; the head it ends with is kept,
    too, and whatever that operator shows later must agree with it.

    Raises:
        NotFoundError: no such customer.
        InvalidError: the file is none, was changed, is another's, or is not as it was sealed.
        ConflictError: it was taken before, is too old, its consent or its key has ended, there is
            no key of ours, or its maker's books are not those that it showed before.
    """
    if people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id) is None:
        raise NotFoundError("no such customer")
    text = documents.text_of(document)
    key = keys.sender_of(uow, tenant_id=tenant_id, document=text)
    content = documents.opened(text, key.public_key)
    _check(uow, tenant_id, key.partner_id, content, code)
    received = ReceivedStatement(
        received_id=new_id(),
        tenant_id=tenant_id,
        partner_id=key.partner_id,
        export_id=content.export,
        consent_id=content.agreed.consent,
        customer_id=customer_id,
        public_key=key.public_key,
        made_at=content.made_at,
        ends_on=content.agreed.ends_on,
        document=text,
        received_by=actor,
        received_at=clock.now(),
    )
    ReceivedRepository(uow, tenant_id).add(received)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="sharing.receive",
        subject=f"customer:{customer_id}",
        reason=f"partner:{key.partner_id} consent:{content.agreed.consent}",
    )
    return received


def of_customer(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, actor: str) -> list[Shown]:
    """What others gave to us of a customer, newest first; that `actor` looked is on record."""
    statements = ReceivedRepository(uow, tenant_id).of_customer(customer_id)
    if statements:
        audit.record(
            uow,
            tenant_id=tenant_id,
            actor=actor,
            action="sharing.read",
            subject=f"customer:{customer_id}",
        )
    return [_shown(uow, one) for one in statements]


def forget_ended(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Drop what we may know no longer, as its consent has ended; how many files."""
    return ReceivedRepository(uow, tenant_id).forget_ended(_today())


def _check(uow: UnitOfWork, tenant_id: str, partner_id: UUID, content: Content, code: str) -> None:
    own = keys.own(uow, tenant_id=tenant_id)
    if own is None:
        raise ConflictError("we have no key that a file could be made for: make it first")
    in_force = policy.current(uow, tenant_id=tenant_id)
    rules.check(
        content,
        own_key=own.public_key,
        code=code,
        now=clock.now(),
        today=_today(),
        age_max=timedelta(days=in_force.shared_statement_days_max),
    )
    taken = ReceivedRepository(uow, tenant_id)
    if taken.revocation(partner_id, content.agreed.consent) is not None:
        raise ConflictError("the customer took his consent back: delete the file")
    before = taken.numbered(partner_id, content.export)
    if before is not None:
        raise ConflictError(f"this file was taken before, on {before.received_at:%Y-%m-%d}")
    keys.check_chain(uow, tenant_id=tenant_id, partner_id=partner_id, extract=content.extract)
    keys.note_head(
        uow,
        tenant_id=tenant_id,
        partner_id=partner_id,
        seq=content.head.seq,
        digest=content.head.hash,
        actor=audit.SYSTEM,
    )


def _shown(uow: UnitOfWork, statement: ReceivedStatement) -> Shown:
    partner = partners.get(uow, tenant_id=statement.tenant_id, partner_id=statement.partner_id)
    if statement.document is None or statement.ends_on < _today():
        return Shown(statement, partner, None, 0, [])
    content = documents.opened(statement.document, statement.public_key)
    told = list(rules.movements(content))
    return Shown(statement, partner, content, rules.opening_fen(content), told)


def _today() -> date:
    return clock.business_date(clock.now())
