"""Another operator, and what the estate's customer allowed it, beside `tests.world`."""

from tapline import partners, people, sharing
from tapline.partners import PartnerKind
from tapline.people import Role
from tapline.sharing import documents
from tapline.sharing.consents import Purpose
from tapline.uow import UnitOfWork
from tests.world import PHONE, World


def allowed(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """A consent, the key of its receiver, and the customer: ids by their names in paths."""
    customer = people.customer_by_phone(uow, tenant_id="demo", phone=PHONE)
    assert customer is not None
    admin, _ = people.create_staff(
        uow, tenant_id="demo", login="guan.mi", name="管理员", role=Role.ADMIN
    )
    operator = partners.add(
        uow,
        tenant_id="demo",
        kind=PartnerKind.OPERATOR,
        name="临江水务",
        legal_entity="临江水务有限公司",
        contact="",
        phone="",
        staff=admin,
    )
    _, public = documents.new_key()
    key = sharing.keys.add(
        uow,
        tenant_id="demo",
        partner_id=operator.partner_id,
        public_key=public.hex(),
        evidence="by telephone",
        staff=admin,
    )
    consent = sharing.consents.give(
        uow,
        customer=customer,
        card_no=estate.card_no,
        partner_id=operator.partner_id,
        purpose=Purpose.SWITCH,
        back_days=90,
        days=30,
        locale="zh_CN",
        agreed=True,
    )
    return {
        "consent_id": str(consent.consent_id),
        "key_id": str(key.key_id),
        "customer_id": str(customer.customer_id),
    }
