"""Records that never come, copies, debts and strangers: what the ledger does, and who is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from tapline import cards, clock, ledger, reconciliation, refunds, tickets
from tapline.cards import blocklist, vouchers
from tapline.cards.facts import FactIn, ingest
from tapline.reconciliation import Finding, Resolution, sentences
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD, OTHER = "88001234", "88009999"
DAY = timedelta(days=1)


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """A tenant with two machines and a card with 50.00 yuan."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        for device_id in ("A", "B"):
            factories.device(uow, device_id)
        factories.card(uow, CARD, 5000)
        drain(uow)
        yield uow


def pour(seq: int, atc: int, before_fen: int, **changes: object) -> FactIn:
    device, card_no = str(changes.pop("device", "A")), str(changes.pop("card_no", CARD))
    return factories.fact(device, seq, card_no, atc=atc, before_fen=before_fen, **changes)


def arrive(uow: UnitOfWork, *facts: FactIn) -> None:
    ingest(uow, tenant_id="demo", facts=facts)
    drain(uow)


@contextmanager
def later(uow: UnitOfWork, moment: timedelta) -> Iterator[datetime]:
    """So much time has passed, and what happens by the clock has happened."""
    with clock.frozen(factories.START + moment):
        reconciliation.sweep_cards(uow, tenant_id="demo")
        drain(uow)
        yield clock.now()


def finding(uow: UnitOfWork, code: str) -> Finding:
    (one,) = reconciliation.listed(uow, tenant_id="demo", codes=[code])
    return one


def money(uow: UnitOfWork, card_no: str = CARD) -> tuple[int, int]:
    """(worth, of which waiting to be written)."""
    card = ledger.card(uow, tenant_id="demo", card_no=card_no)
    return card.balance_fen, card.pending_load_fen


def posted(uow: UnitOfWork, code: str) -> int:
    found = ledger.balances(uow, tenant_id="demo", codes=[code])
    return found[code].posted if code in found else 0


def categories(uow: UnitOfWork) -> set[str]:
    return {one.category for one in tickets.listed(uow, tenant_id="demo")}


@pytest.mark.req("C2")
def test_a_purse_is_made_whole_when_records_never_come_and_not_when_they_do(
    desk: UnitOfWork,
) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 3, 4600))
    assert money(desk) == (4800, 0)
    with later(desk, 4 * DAY):
        assert money(desk) == (4800, 300), "worth the same; 3.00 yuan of it go onto the card"
        assert finding(desk, "D11").resolution is Resolution.AUTO
        assert not categories(desk)
        arrive(desk, pour(1, 2, 4900, device="B", amt_fen=300))
        assert money(desk) == (4500, 0)
    assert not reconciliation.listed(desk, tenant_id="demo", codes=["D08", "D11"])


def test_what_was_written_back_already_stays_on_the_card(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 3, 4600))
    with later(desk, 4 * DAY):
        (voucher,) = vouchers.ask(desk, tenant_id="demo", taps=[vouchers.Tap("A", "r", CARD)])
        assert voucher is not None
        load = {"op": "load", "load_id": voucher.voucher_id, "amt_fen": 300, "ml": 0}
        arrive(desk, pour(3, 4, 4500, bal_after_fen=4800, **load))
        assert money(desk) == (4800, 0)
        arrive(desk, pour(1, 2, 4900, device="B", amt_fen=300))
        assert money(desk) == (4500, 0), "he drew it after all, and the card holds more than that"
    assert not reconciliation.listed(desk, tenant_id="demo", codes=["D16", "D09"])


def test_a_debt_says_that_the_card_was_given_back_what_a_late_record_charges(
    desk: UnitOfWork,
) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 3, 4600))
    with later(desk, 4 * DAY):
        (voucher,) = vouchers.ask(desk, tenant_id="demo", taps=[vouchers.Tap("A", "r", CARD)])
        assert voucher is not None
        load = {"op": "load", "load_id": voucher.voucher_id, "amt_fen": 300, "ml": 0}
        arrive(desk, pour(3, 4, 4500, bal_after_fen=4800, **load))
        arrive(desk, pour(4, 5, 4800, amt_fen=4800))
        assert not reconciliation.listed(desk, tenant_id="demo", codes=["D14"])
        arrive(desk, pour(1, 2, 4900, device="B", amt_fen=300))

        debt = finding(desk, "D14")
    assert (debt.amount_fen, debt.facts["restored_fen"]) == (300, 300)
    assert "其中 3.00 元因缺少记录曾补写到卡内" in sentences.plain(debt, "zh_CN")


def test_settling_again_writes_nothing_back_twice(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 3, 4600))
    with later(desk, 4 * DAY):
        for _ in range(3):
            refunds.settle_restore(desk, tenant_id="demo", card_no=CARD, atc=3)
        assert money(desk) == (4800, 300)


def test_after_the_report_the_operator_bears_what_is_drawn(desk: UnitOfWork) -> None:
    blocklist.block(desk, tenant_id="demo", card_no=CARD, reason="lost")
    arrive(desk, pour(1, 1, 5000))
    assert money(desk) == (5000, 100)
    assert (posted(desk, "rev:water"), posted(desk, "loss:fraud")) == (100, 100)
    assert finding(desk, "D22").resolution is Resolution.AUTO


def test_a_pour_without_water_after_the_report_was_never_earned(desk: UnitOfWork) -> None:
    blocklist.block(desk, tenant_id="demo", card_no=CARD, reason="lost")
    arrive(desk, pour(1, 1, 5000, ml=700))
    assert (posted(desk, "rev:water"), posted(desk, "loss:fraud")) == (100, 100)
    arrive(desk, pour(2, 2, 4900, ml=0, pulses=0, status="no_flow"))
    assert (posted(desk, "rev:water"), posted(desk, "loss:fraud")) == (100, 100)
    assert money(desk)[0] == 5000


def test_a_copied_card_stops_and_its_holder_is_not_billed_for_the_copy(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 2, 4900), pour(3, 3, 4800))
    arrive(desk, pour(1, 2, 4900, device="B", amt_fen=400))
    assert money(desk) == (4700, 0)
    assert posted(desk, "suspense:B") == 400
    assert blocklist.reasons(desk, tenant_id="demo", card_no=CARD) == {"clone"}
    assert categories(desk) == {"card_doubtful"}


def test_a_debt_is_told_and_ends_when_it_is_paid(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000, amt_fen=5600))
    assert finding(desk, "D14").amount_fen == 600
    assert not finding(desk, "D14").needs_person
    paid = ledger.Credit(CARD, 700)
    ledger.post(
        desk,
        tenant_id="demo",
        commands=[
            ledger.Command(key="t", kind="topup", event_at=clock.now(), movement=paid, content="t")
        ],
    )
    reconciliation.sweep_debts(desk, tenant_id="demo")
    assert not reconciliation.listed(desk, tenant_id="demo", codes=["D14"])


def test_a_debt_above_the_grace_is_for_a_person(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000, amt_fen=6500))
    assert finding(desk, "D14").needs_person
    assert "card_arrears" in categories(desk)


def test_a_card_that_nobody_issued_is_asked_about_after_a_day_and_heals(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 3000, card_no=OTHER))
    assert not finding(desk, "D25").needs_person
    with later(desk, 2 * DAY):
        assert finding(desk, "D25").needs_person
        assert categories(desk) == {"unknown_card"}
        factories.card(desk, OTHER, 3000)
        drain(desk)
    assert not reconciliation.listed(desk, tenant_id="demo", codes=["D25"])
    assert money(desk, OTHER) == (2900, 0)


def test_more_on_the_card_than_was_paid_is_not_credited(desk: UnitOfWork) -> None:
    arrive(desk, pour(1, 1, 5000), pour(2, 3, 9000))
    with later(desk, 4 * DAY):
        assert finding(desk, "D10").amount_fen == 4100
        assert money(desk) == (4800, 0)
        assert cards.get(desk, tenant_id="demo", card_no=CARD).state is cards.CardState.ACTIVE
        assert blocklist.reasons(desk, tenant_id="demo", card_no=CARD) == {"overload"}
        assert categories(desk) == {"card_doubtful"}
