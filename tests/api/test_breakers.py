"""What stopped by itself is a page: why, what waits, and who lets it go on."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from tapline import cards, clock, devices, ledger, policy
from tapline.cards import CardKind
from tapline.cards.facts import ingest
from tapline.devices import Hello
from tapline.money import Fen
from tapline.people import Role
from tapline.reconciliation import breakers
from tapline.uow import Database
from tests import factories
from tests.api.browsing import Visitor, words_of
from tests.integration.consequences import drain
from tests.world import World, staff

Visit = Callable[[str], Visitor]
ENGLISH = {"accept-language": "en"}
FIRMWARE = "RO-90 9.9.9"


@pytest.fixture
def breaker_id(estate: World, estate_database: Database) -> Iterator[UUID]:
    """A firmware of which three machines saw no water; afterwards nothing stands."""
    with estate_database.transaction() as uow:
        before = policy.listed(uow, tenant_id="demo")
        old = before[0].changes if before else {}
        few = old | {"breaker_corrections_min": 3}
        policy.publish(uow, tenant_id="demo", changes=few, actor="test", reason="few")
        for number in range(4):
            name, card_no = f"BR-{number}", f"7711{number:04d}"
            factories.device(uow, name)
            device = devices.get(uow, tenant_id="demo", device_id=name, lock=True)
            hw, fw = FIRMWARE.split()
            document = {"hw": hw, "fw": fw}
            hello = Hello(boot=1, seq_head=0, seq_acked=0, document=document)
            devices.greet(uow, hellos=[(device, hello)])
            cards.issue(
                uow,
                tenant_id="demo",
                card_no=card_no,
                kind=CardKind.CPU,
                balance_fen=Fen(1000),
            )
            dry = factories.fact(
                name, 1, card_no, atc=1, before_fen=1000, ml=0, pulses=0, moment=clock.now()
            )
            ingest(uow, tenant_id="demo", facts=[dry])
            drain(uow)
        (breaker,) = (
            one for one in breakers.standing(uow, tenant_id="demo") if one.key == FIRMWARE
        )
    yield breaker.breaker_id
    with estate_database.transaction() as uow:
        policy.publish(uow, tenant_id="demo", changes=old, actor="test", reason="as before")


@pytest.mark.req("C1", "C19")
def test_a_breaker_says_why_it_tripped_and_gives_back_when_it_is_reset(
    breaker_id: UUID, visit: Visit, estate: World, estate_database: Database
) -> None:
    with estate_database.transaction() as uow:
        staff(uow, estate, "demo", "cw.breakers", "财务", Role.FINANCE)
    agent, finance = visit("lin.xia"), visit("cw.breakers")

    page = words_of(agent.get("/console/breakers", **ENGLISH))
    assert FIRMWARE in page
    assert "3 corrections of ¥3.00 in all within 1 h" in page
    assert "BR-2" in page
    assert "A supervisor or finance resets it." in page
    denied = agent.post(f"/console/breakers/{breaker_id}/reset", reason="再试试")
    assert denied.status_code == 403

    finance.post(f"/console/breakers/{breaker_id}/reset", reason="固件已回退")
    with estate_database.transaction() as uow:
        drain(uow)
        card = ledger.card(uow, tenant_id="demo", card_no="77110003")
    assert card.balance_fen == 1000
    page = words_of(finance.get("/console/breakers", **ENGLISH))
    assert "固件已回退" in page


def test_prices_are_published_once_a_version_by_those_who_answer_for_them(visit: Visit) -> None:
    agent, supervisor = visit("lin.xia"), visit("he.qing")

    assert (
        agent.post("/console/tariffs", version=7, fen_per_litre=67, reason="x").status_code == 403
    )
    wrong = supervisor.post("/console/tariffs", version=7, cups="300 dear", reason="x")
    assert wrong.status_code == 422
    supervisor.post("/console/tariffs", version=7, cups="300 30\n1500 100", reason="涨价公示")
    again = supervisor.post("/console/tariffs", version=7, fen_per_litre=1, reason="x")

    assert again.status_code == 409
    page = words_of(agent.get("/console/tariffs", **ENGLISH))
    assert "300 ml ¥0.30, 1500 ml ¥1.00" in page
    assert "涨价公示" in page
