"""The history of a card explains every fen, whatever the size of its pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import cards, clock, ledger, reconciliation, reports
from tapline.cards import vouchers
from tapline.cards.vouchers import Tap
from tapline.errors import InvalidError
from tapline.refunds.goodwill import Why, give
from tapline.reports import Line, Position
from tapline.uow import UnitOfWork
from tests.integration.refunds.counter import NOON
from tests.integration.refunds.test_goodwill import staff, wet
from tests.integration.refunds.test_settlement import CARD, arrive, dry, prepare


@pytest.fixture
def lived(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """A card that was used, corrected, made good, tapped, lost and found."""
    with clock.frozen(NOON):
        prepare(uow)
        arrive(uow, wet(1), dry(2), wet(3), wet(5))
        give(
            uow,
            tenant_id="demo",
            card_no=CARD,
            device_id="A",
            seq=1,
            amount_fen=50,
            why=Why.OTHER,
            staff=staff(uow, "lin"),
        )
        vouchers.ask(uow, tenant_id="demo", taps=[Tap("A", "r1", CARD)])
        yield uow


def whole(uow: UnitOfWork, size: int) -> list[Line]:
    lines: list[Line] = []
    before: Position | None = None
    while True:
        page = reports.card_history(uow, tenant_id="demo", card_no=CARD, limit=size, before=before)
        lines += page.lines
        if page.rest is None:
            return lines
        before = Position.parse(str(page.rest))


@pytest.mark.req("C1")
def test_the_lines_add_up_to_the_balance(lived: UnitOfWork) -> None:
    balance = ledger.card(lived, tenant_id="demo", card_no=CARD)

    changes = [line.change_fen(CARD) for line in whole(lived, 100)]

    assert sum(changes) == balance.balance_fen == 20_000 - 3 * 100 + 50


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_any_size_tell_the_same(lived: UnitOfWork, size: int) -> None:
    at_once = [line.position for line in whole(lived, 100)]

    assert [line.position for line in whole(lived, size)] == at_once
    assert len(set(at_once)) == len(at_once)


def test_a_pour_tells_its_findings_its_goodwill_and_the_hole_before_it(lived: UnitOfWork) -> None:
    clock.advance(timedelta(hours=1))
    reconciliation.sweep_cards(lived, tenant_id="demo")

    told = {line.pour.fact.seq: line for line in whole(lived, 100) if line.pour}

    assert [finding.code for finding in told[2].pour.findings] == ["D01"]  # type: ignore[union-attr]
    assert told[1].goodwill is not None
    assert told[3].leaps == []
    assert [finding.code for finding in told[5].leaps] == ["D08"]
    assert all(one.change_fen(CARD) == -100 for one in told.values())


def test_what_waits_says_since_when_and_at_which_machine_it_is(lived: UnitOfWork) -> None:
    waiting = reports.money_waiting(lived, tenant_id="demo", card_no=CARD)

    assert waiting is not None
    assert (waiting.amount_fen, waiting.leased_fen) == (150, 150)
    assert waiting.since is not None
    assert waiting.place is not None
    assert waiting.place.device.device_id == "A"


def test_acts_and_blocks_stand_among_the_money(lived: UnitOfWork) -> None:
    cards.report_lost(lived, tenant_id="demo", card_no=CARD, actor="lin", reason="gone")

    lines = whole(lived, 100)

    assert "lost" in {line.block.reason for line in lines if line.block}
    assert "report_lost" in {line.step.act.value for line in lines if line.step}


def test_a_place_that_is_none_is_refused(lived: UnitOfWork) -> None:
    with pytest.raises(InvalidError):
        Position.parse("yesterday~x~1")
