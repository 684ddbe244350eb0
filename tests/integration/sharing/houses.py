"""Two operators who share nothing but what is handed over: a customer of both, and his card."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from tapline import cards, clock, ledger, partners, people, sharing
from tapline.cards import CardKind
from tapline.ledger import chart
from tapline.money import Fen
from tapline.partners import PartnerKind
from tapline.people import Customer, Role, Staff
from tapline.sharing.consents import Purpose, SharingConsent
from tapline.uow import Database, UnitOfWork
from tests import factories

PHONE = "13800138000"
"""By which `demo` knows the customer; the other operator knows him by another."""
_PHONES = {"demo": PHONE, "far": "13900139000"}
CARD = "88001234"


@dataclass
class House:
    """One operator, with an administrator and the other one as a partner."""

    tenant_id: str
    admin: Staff
    customer: Customer
    partner_id: UUID


def post(uow: UnitOfWork, key: str, movement: ledger.Movement, kind: str = "pour") -> None:
    """A posting of the sender's, under `key`."""
    ledger.post(
        uow,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key=key,
                kind=kind,
                event_at=clock.now(),
                movement=movement,
                content=hashlib.sha256(key.encode()).digest(),
            )
        ],
    )


def build(database: Database) -> tuple[House, House]:
    """`demo`, which has the card, and `far`, where its holder is a customer, too."""
    with database.transaction() as uow:
        demo, far = (_house(uow, tenant_id) for tenant_id in ("demo", "far"))
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=CARD,
            kind=CardKind.CPU,
            balance_fen=Fen(1000),
            customer_id=demo.customer.customer_id,
        )
        for seq in range(3):
            post(uow, f"dev:WD-0001:{seq}", ledger.Pour(CARD, 100))
        post(uow, "pay:1:1", ledger.Transfer(chart.psp("wechat"), chart.card(CARD).bonus, 50))
        introduce(uow, demo, far)
    seal(database)
    return demo, far


def _house(uow: UnitOfWork, tenant_id: str) -> House:
    factories.tenant(uow, tenant_id)
    admin, _ = people.create_staff(
        uow, tenant_id=tenant_id, login=f"admin.{tenant_id}", name="管理员", role=Role.ADMIN
    )
    phone = _PHONES[tenant_id]
    customer = people.create_customer(uow, tenant_id=tenant_id, phone=phone, name="王秀英")
    other = "far" if tenant_id == "demo" else "demo"
    partner = partners.add(
        uow,
        tenant_id=tenant_id,
        kind=PartnerKind.OPERATOR,
        name=other,
        legal_entity=f"{other} Ltd",
        contact="",
        phone="",
        staff=admin,
    )
    return House(tenant_id, admin, customer, partner.partner_id)


def introduce(uow: UnitOfWork, demo: House, far: House) -> None:
    """Each makes a key, and registers the other's."""
    made = {
        house.tenant_id: sharing.keys.make(
            uow, tenant_id=house.tenant_id, vault=factories.VAULT, actor=house.admin.login
        ).public_key
        for house in (demo, far)
    }
    for house, other in ((demo, far), (far, demo)):
        sharing.keys.add(
            uow,
            tenant_id=house.tenant_id,
            partner_id=house.partner_id,
            public_key=made[other.tenant_id],
            evidence="read to us by telephone",
            staff=house.admin,
        )


def seal(database: Database) -> None:
    with database.transaction() as uow:
        ledger.seal(uow)


def consent(uow: UnitOfWork, demo: House, **changes: object) -> SharingConsent:
    """The customer of `demo` agrees, in the portal's words."""
    given: dict[str, object] = {
        "customer": demo.customer,
        "card_no": CARD,
        "partner_id": demo.partner_id,
        "purpose": Purpose.SWITCH,
        "back_days": 365,
        "days": 30,
        "locale": "zh_CN",
        "agreed": True,
    }
    return sharing.consents.give(uow, **given | changes)  # type: ignore[arg-type]


def export(uow: UnitOfWork, given: SharingConsent, actor: str = "lin.xia") -> str:
    """The file for the receiver."""
    return sharing.exports.export(
        uow,
        tenant_id="demo",
        consent_id=given.consent_id,
        vault=factories.VAULT,
        actor=actor,
    )


def receive(uow: UnitOfWork, far: House, document: str | bytes, code: str) -> UUID:
    """An agent of `far` takes the file on the customer's page."""
    content = document.encode() if isinstance(document, str) else document
    return sharing.received.receive(
        uow,
        tenant_id="far",
        customer_id=far.customer.customer_id,
        document=content,
        code=code,
        actor="agent.far",
    ).received_id
