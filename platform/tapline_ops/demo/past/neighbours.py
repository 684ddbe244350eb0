"""Another operator, to whom a customer's statement may be given with his consent, and whose cards
pour at our machines: what they drew is claimed of it by signed file."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from tapline import partners, sharing
from tapline.cards import issuers
from tapline.partners import PartnerKind
from tapline.sharing import documents
from tapline.sharing.consents import Purpose
from tapline.uow import UnitOfWork
from tapline_ops.demo.past.machines import Purse, send
from tapline_ops.demo.past.scenes import Scene
from tapline_ops.demo.past.stage import Past
from tapline_ops.provision import DEMO

_NAME: Final = "临江水务"
_ENTITY: Final = "临江水务有限公司"
_OPERATOR: Final = "op-linjiang"


def scenes(past: Past) -> Iterator[Scene]:
    """Its key is known, and one customer has agreed; the file is made when the books are sealed."""
    yield Scene(past.ago(10, 10), partial(_meet, past))
    yield Scene(past.ago(10, 11), _agree_on_cards)
    purse = Purse("77880017", 5_000, is_ours=False)
    for days in (9, 7, 4, 2):
        yield Scene(past.ago(days, 18, 40), partial(_pour, past, purse))
    yield Scene(past.ago(0, 0, 6), partial(_claim, past))
    yield Scene(past.ago(3, 20), partial(_consent, past))


def _meet(past: Past, uow: UnitOfWork) -> None:
    admin = past.people["admin"]
    operator = partners.add(
        uow,
        tenant_id=DEMO,
        kind=PartnerKind.OPERATOR,
        name=_NAME,
        legal_entity=_ENTITY,
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


def _agree_on_cards(uow: UnitOfWork) -> None:
    issuers.create(
        uow,
        tenant_id=DEMO,
        issuer_id=_OPERATOR,
        name=_NAME,
        legal_entity=_ENTITY,
        contact="0571-86660000",
        settlement_day=5,
        commission_permille=0,
        actor="cai.wu",
        operator=True,
    )
    issuers.add_numbers(
        uow, tenant_id=DEMO, issuer_id=_OPERATOR, lines=["7788****"], actor="cai.wu"
    )


def _pour(past: Past, purse: Purse, uow: UnitOfWork) -> None:
    machine = past.machine_on(2)
    machine.pour(purse, 100)
    send(uow, machine.letters(), past.vault)


def _claim(past: Past, uow: UnitOfWork) -> None:
    sharing.demands.demand(
        uow,
        tenant_id=DEMO,
        issuer_id=_OPERATOR,
        period_to=past.today - timedelta(days=1),
        vault=past.identity,
        actor="cai.wu",
    )
