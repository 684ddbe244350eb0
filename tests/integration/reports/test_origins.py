"""From a journal to the bytes in which its fact arrived."""

import pytest

from tapline import ledger, reports
from tapline.cards.facts import ingest
from tapline.devices import messages
from tapline.ledger import chart
from tapline.uow import UnitOfWork
from tests import factories

FRAME = b'{"v":1,"facts":[{"seq":7,"amt":100}]}'


@pytest.mark.req("C57", "C58")
def test_a_pour_leads_to_every_version_of_its_fact_and_its_message(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    device_id = factories.device(uow, "WD-1").device.device_id
    raw = messages.Raw("demo", device_id, f"tl1/demo/{device_id}/up/txn", FRAME)
    (inbox_id,) = messages.keep(uow, [raw])
    fact = factories.fact(device_id, 7, "88001234", atc=1, before_fen=500, inbox_id=inbox_id)
    ingest(uow, tenant_id="demo", facts=[fact])
    journal = ledger.journal_of(uow, tenant_id="demo", key=f"dev:{device_id}:7")

    (origin,) = reports.origins(uow, tenant_id="demo", journal=journal)

    assert origin.fact.content_hash == fact.content_hash
    assert origin.message is not None
    assert origin.message.payload == FRAME
    assert reports.origins(uow, tenant_id="other", journal=journal) == []


def test_what_people_posted_rests_on_no_machine(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    posted = ledger.adjust(
        uow,
        tenant_id="demo",
        actor="cai.wu",
        debit=chart.METER.code,
        credit=chart.WATER.code,
        amount=1,
        reason="x",
        evidence="y",
    )
    journal = ledger.journal_of(uow, tenant_id="demo", key=posted.key)

    assert reports.origins(uow, tenant_id="demo", journal=journal) == []
