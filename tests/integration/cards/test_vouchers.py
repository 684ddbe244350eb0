"""Money owed to a purse: one machine at a time may write it, and it is never written twice."""

from datetime import timedelta

import pytest

from tapline import cards, clock, ledger
from tapline.cards import blocklist, facts, vouchers
from tapline.cards.vouchers import Voucher
from tapline.devices import Standing
from tapline.ledger import Command, Correct
from tapline.uow import UnitOfWork
from tests.factories import START, card, device, fact, tenant

CARD = "88001234"


@pytest.fixture
def owed(uow: UnitOfWork) -> UnitOfWork:
    """A card that drank for 1.00 yuan without getting water and is owed it."""
    tenant(uow)
    device(uow, "WD-0001")
    device(uow, "WD-0002")
    card(uow, CARD, 1_000)
    with clock.frozen(START):
        pour = fact("WD-0001", 1, CARD, atc=1, before_fen=1_000, ml=0, status="no_flow")
        facts.ingest(uow, tenant_id="demo", facts=[pour])
        correction = Command(
            key="fix:WD-0001:1:1",
            kind="correction",
            event_at=START,
            movement=Correct(CARD, 100),
            content="D01",
        )
        ledger.post(uow, tenant_id="demo", commands=[correction])
    return uow


def ask(uow: UnitOfWork, device_id: str, req: str) -> Voucher | None:
    tap = vouchers.Tap(device_id, req, CARD)
    return vouchers.ask(uow, tenant_id="demo", taps=[tap])[0]


def write(uow: UnitOfWork, voucher: Voucher, seq: int = 1) -> None:
    load = fact(
        voucher.device_id,
        seq,
        CARD,
        atc=2,
        before_fen=900,
        op="load",
        amt_fen=100,
        bal_after_fen=1_000,
        load_id=voucher.voucher_id,
    )
    facts.ingest(uow, tenant_id="demo", facts=[load])


def test_what_is_owed_is_leased_to_the_machine_of_the_next_tap_and_written(
    owed: UnitOfWork,
) -> None:
    voucher = ask(owed, "WD-0002", "r1")
    assert voucher is not None
    assert voucher.amount_fen == 100

    write(owed, voucher)

    held = ledger.card(owed, tenant_id="demo", card_no=CARD)
    assert (held.principal_fen, held.pending_load_fen, held.held_fen) == (1_000, 0, 0)


def test_the_same_question_gets_the_same_answer(owed: UnitOfWork) -> None:
    first, again = ask(owed, "WD-0002", "r1"), ask(owed, "WD-0002", "r1")

    assert first is not None
    assert again is not None
    assert first.voucher_id == again.voucher_id


def test_a_second_machine_gets_nothing_while_the_first_may_still_write(owed: UnitOfWork) -> None:
    ask(owed, "WD-0001", "r1")

    assert ask(owed, "WD-0002", "r1") is None


def test_an_expired_lease_stays_reserved_until_the_device_has_shown_all_it_wrote(
    owed: UnitOfWork,
) -> None:
    with clock.frozen(START):
        assert ask(owed, "WD-0001", "r1") is not None
    with clock.frozen(START + timedelta(hours=1)):
        assert ask(owed, "WD-0002", "r2") is None
        hiding = vouchers.release_expired(
            owed, tenant_id="demo", standing={"WD-0001": Standing(seq_head=2, upto=1)}
        )
        assert hiding == 0
        shown = vouchers.release_expired(
            owed, tenant_id="demo", standing={"WD-0001": Standing(seq_head=1, upto=1)}
        )
        assert shown == 1
        assert ask(owed, "WD-0002", "r3") is not None


def test_a_voucher_written_twice_is_paid_once(owed: UnitOfWork) -> None:
    voucher = ask(owed, "WD-0002", "r1")
    assert voucher is not None
    write(owed, voucher, seq=1)
    write(owed, voucher, seq=2)

    assert ledger.card(owed, tenant_id="demo", card_no=CARD).balance_fen == 1_000


@pytest.mark.req("C5")
@pytest.mark.parametrize("barred", ["lost", "closing", "clone"])
def test_nothing_is_written_to_a_card_that_may_not_be_used(owed: UnitOfWork, barred: str) -> None:
    said = {"tenant_id": "demo", "card_no": CARD}
    match barred:
        case "lost":
            cards.report_lost(owed, **said, actor="lin.xia", reason="left on the bus")
        case "closing":
            cards.begin_closing(owed, **said)
        case _:
            blocklist.block(owed, **said, reason="clone")

    assert ask(owed, "WD-0001", "r1") is None
