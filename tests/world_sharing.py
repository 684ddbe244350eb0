"""Another operator, and what the estate's customer allowed it, beside `tests.world`."""

from uuid import UUID

from tapline import clock, partners, people, sharing
from tapline.cards.abroad import (
    AbroadCorrection,
    AbroadLine,
    AbroadRepository,
    AbroadStatement,
    LineState,
)
from tapline.ids import new_id
from tapline.partners import PartnerKind
from tapline.people import Role
from tapline.sharing import documents
from tapline.sharing.consents import Purpose
from tapline.uow import UnitOfWork
from tests import factories
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
        "abroad_id": str(claimed(uow, estate)),
        "consent_id": str(consent.consent_id),
        "key_id": str(key.key_id),
        "customer_id": str(customer.customer_id),
    }


def claimed(uow: UnitOfWork, estate: World) -> UUID:
    """Two pours of the estate's card at the operator's machine: one waits, one does not fit; and a
    correction of the first."""
    issuer = factories.operator(uow, "linjiang", "临江水务", "临江水务有限公司")
    now = clock.now()
    statement = AbroadStatement(
        tenant_id="demo",
        statement_id=new_id(),
        issuer_id=issuer.issuer_id,
        public_key="ab" * 32,
        period_from=clock.business_date(now),
        period_to=clock.business_date(now),
        sha256=b"0" * 32,
        document="{}",
        made_at=now,
        taken_by="cai.wu",
        taken_at=now,
    )
    told = ((LineState.WAITING, "not_seen_since"), (LineState.DISPUTED, "counter_taken"))
    lines = [
        AbroadLine(
            tenant_id="demo",
            statement_id=statement.statement_id,
            line=number,
            issuer_id=issuer.issuer_id,
            device="LJ-0007",
            seq=number,
            card_no=estate.card_no,
            atc=9000 + number,
            before_fen=1000,
            after_fen=900,
            amount_fen=100,
            at=now,
            state=state,
            reason=reason,
            judged_at=now,
        )
        for number, (state, reason) in enumerate(told, start=1)
    ]
    mending = AbroadCorrection(
        tenant_id="demo",
        statement_id=statement.statement_id,
        line=1,
        issuer_id=issuer.issuer_id,
        mends=statement.statement_id,
        device="LJ-0007",
        seq=1,
        revision=1,
        amount_fen=-100,
        at=now,
        state=LineState.WAITING,
        reason="line_waits",
        judged_at=now,
    )
    AbroadRepository(uow, "demo").add(statement, lines, [mending])
    return statement.statement_id
