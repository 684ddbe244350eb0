"""A machine apologises once for what was given back, and only when the card has it."""

from collections.abc import Iterator

import pytest

from tapline import clock
from tapline.cards import apologies
from tapline.uow import UnitOfWork
from tests.factories import START
from tests.integration.wire.device import CARD, LEASE_OVER, ONLINE, Machine, machine, owe


@pytest.fixture
def met(uow: UnitOfWork) -> Iterator[Machine]:
    """A machine that has said hello."""
    with clock.frozen(START):
        device = machine(uow)
        device.hello(0, 0)
        yield device


def given_back(uow: UnitOfWork, amount_fen: int, card_no: str = CARD) -> None:
    apologies.owe(uow, tenant_id="demo", card_no=card_no, amount_fen=amount_fen)


@pytest.mark.req("U8")
def test_with_the_money_come_the_words_and_the_same_question_gets_them_again(met: Machine) -> None:
    owe(met.uow, 100)
    given_back(met.uow, 100)

    answers = [met.tap("r1"), met.tap("r1")]

    for answer in answers:
        assert answer.amt == 100
        assert answer.say is not None
        assert "1.00 元" in answer.say
        assert "1.00 yuan" in answer.say
    met.pours(met.written(1, answers[0].load))
    assert met.tap("r2").say is None


def test_where_the_voucher_was_not_written_nothing_was_said_and_the_next_one_says_it(
    met: Machine,
) -> None:
    owe(met.uow, 100)
    given_back(met.uow, 100)
    first = met.tap("r1")
    met.pours(met.written(1, first.load, status="reversed", bal_after=None))

    second = met.tap("r2")

    assert second.load not in {None, first.load}
    assert second.say == first.say
    met.pours(met.written(2, second.load))
    assert met.tap("r3").say is None


def test_while_another_machine_may_write_the_money_nobody_speaks_of_it(met: Machine) -> None:
    owe(met.uow, 100)
    given_back(met.uow, 100)
    met.tap("r1")
    given_back(met.uow, 50)

    elsewhere = met.tap("r2")

    assert (elsewhere.load, elsewhere.say) == (None, None)


def test_what_was_written_before_the_words_were_ready_is_said_at_the_next_tap(
    met: Machine,
) -> None:
    owe(met.uow, 100)
    met.pours(met.written(1, met.tap("r1").load))
    given_back(met.uow, 100)

    assert "1.00 元" in (met.tap("r2").say or "")
    assert met.tap("r3").say is None


def test_what_was_taken_back_again_is_not_spoken_of(met: Machine) -> None:
    given_back(met.uow, 100)
    given_back(met.uow, -100)

    assert met.tap("r1").say is None
    given_back(met.uow, 30)
    assert "0.30 元" in (met.tap("r2").say or "")


def test_a_card_with_its_balance_online_is_told_when_it_may_draw(met: Machine) -> None:
    given_back(met.uow, 250, ONLINE)

    refused = met.authorise("q0", 100, "88009999")
    granted = [met.authorise("q1", 100), met.authorise("q1", 100)]
    clock.advance(LEASE_OVER)

    assert refused.say is None
    assert [one.say is not None and "2.50 元" in one.say for one in granted] == [True, True]
    assert met.authorise("q2", 100).say is None
