"""Late facts, corrections and carries at the same moment: nothing is lost, nothing stays behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tapline import cards, clock, ledger, people
from tapline.cards.facts import ingest
from tapline.cards.life.replacing import DEBT_WAITS
from tapline.uow import Database, UnitOfWork
from tests import factories

OLD, NEW = "88001234", "88009999"
DEVICES = ("WD-1", "WD-2")
POURS = 6


def build(uow: UnitOfWork) -> None:
    factories.tenant(uow)
    for device_id in DEVICES:
        factories.device(uow, device_id)
    factories.card(uow, OLD)
    holder = people.create_customer(uow, tenant_id="demo", phone="13800138000", name="李敏")
    cards.assign(uow, tenant_id="demo", card_no=OLD, customer_id=holder.customer_id)
    cards.replace(
        uow, tenant_id="demo", card_no=OLD, new_card_no=NEW, actor="lin.xia", reason="lost"
    )


def test_many_carry_what_many_bring_and_every_fen_arrives(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        build(uow)

    def pours(device_id: str) -> None:
        for seq in range(1, POURS + 1):
            fact = factories.fact(device_id, seq, OLD, atc=seq, before_fen=10_000)
            with fresh_database.transaction() as uow:
                ingest(uow, tenant_id="demo", facts=[fact])

    def corrects(_: str) -> None:
        for number in range(POURS):
            command = ledger.Command(
                key=f"fix:{number}",
                kind="correction",
                event_at=clock.now(),
                movement=ledger.Correct(OLD, 30),
                content={"n": number},
            )
            with fresh_database.transaction() as uow:
                ledger.post(uow, tenant_id="demo", commands=[command])

    def carries(_: str) -> None:
        for _round in range(POURS):
            with fresh_database.transaction() as uow:
                cards.carry_on(uow, tenant_id="demo", card_nos=[OLD, NEW])

    works = [(pours, DEVICES[0]), (pours, DEVICES[1]), (corrects, ""), (carries, ""), (carries, "")]
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work, about) for work, about in works]:
            done.result()

    later = clock.now() + DEBT_WAITS + timedelta(seconds=1)
    with clock.frozen(later), fresh_database.transaction() as uow:
        cards.carry_all(uow, tenant_id="demo")
        money = ledger.cards(uow, tenant_id="demo", card_nos=[OLD, NEW])
        assert money[OLD].balance_fen == 0
        assert money[NEW].balance_fen == 10_000 - 2 * POURS * 100 + POURS * 30
        assert ledger.verify(uow, tenant_id="demo").ok
