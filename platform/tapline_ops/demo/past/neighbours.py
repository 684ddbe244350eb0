"""Another operator, to whom a customer's statement may be given with his consent."""

from collections.abc import Iterator
from functools import partial

from tapline import partners, sharing
from tapline.partners import PartnerKind
from tapline.sharing import documents
from tapline.sharing.consents import Purpose
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO


def scenes(past: Past) -> Iterator[Scene]:
    """Its key is known, and one customer has agreed; the file is made when the books are sealed."""
    yield Scene(past.ago(10, 10), partial(_meet, past))
    yield Scene(past.ago(3, 20), partial(_consent, past))


def _meet(past: Past, uow: UnitOfWork) -> None:
    admin = past.people["admin"]
    operator = partners.add(
        uow,
        tenant_id=DEMO,
        kind=PartnerKind.OPERATOR,
        name="临江水务",
        legal_entity="临江水务有限公司",
        contact="董工",
        phone="0571-86660000",
        staff=admin,
    )
    _, public = documents.new_key()
    sharing.keys.make(uow, tenant_id=DEMO, vault=past.identity, actor=admin.login)
    sharing.keys.add(
        uow,
        tenant_id=DEMO,
        partner_id=operator.partner_id,
        public_key=public.hex(),
        evidence="与董工电话逐字核对",
        staff=admin,
    )


def _consent(past: Past, uow: UnitOfWork) -> None:
    (operator,) = sharing.keys.receivers(uow, tenant_id=DEMO)
    sharing.consents.give(
        uow,
        customer=past.visitor,
        card_no=past.purses[0].no,
        partner_id=operator.partner_id,
        purpose=Purpose.SWITCH,
        back_days=30,
        days=30,
        locale="zh_CN",
        agreed=True,
    )
