"""Online cards on the wire: `up/auth`, its one answer, and the pour that names the hold."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tapline import clock, ledger
from tapline.uow import Database, UnitOfWork
from tapline_gateway.protocol import AuthAnswer, parse_ts
from tapline_ops.transact import transact
from tests.factories import START, device
from tests.integration.wire.device import ONLINE, Machine, machine


@pytest.fixture
def asking(uow: UnitOfWork) -> Iterator[Machine]:
    """A machine, and a card of 10.00 yuan whose balance is online."""
    with clock.frozen(START):
        yield machine(uow)


def money(uow: UnitOfWork) -> tuple[int, int]:
    """(what the card is worth, what of it is reserved), in fen."""
    held = ledger.card(uow, tenant_id="demo", card_no=ONLINE)
    return held.balance_fen, held.held_fen


@pytest.mark.req("C2")
def test_a_card_is_asked_about_poured_with_and_charged_what_it_took(asking: Machine) -> None:
    answer = asking.authorise("01K", 300)

    assert (answer.ok, answer.max_fen, answer.why) == (True, 300, None)
    assert answer.hold is not None
    assert parse_ts(answer.exp or "") == START + timedelta(seconds=120)
    asking.pours(asking.drawn(1, answer.hold, 200))
    assert money(asking.uow) == (800, 0)


@pytest.mark.req("C2")
def test_a_question_that_is_delivered_again_is_answered_to_the_byte_as_before(
    asking: Machine,
) -> None:
    answer = asking.authorise("01K", 300)
    asking.pours(asking.drawn(1, answer.hold, 300))
    clock.advance(timedelta(days=9))

    assert asking.authorise("01K", 300) == answer
    assert asking.authorise("01K", 999) == answer, "the key is the request's, not the amount"
    assert money(asking.uow) == (700, 0)


def test_a_refusal_is_an_answer_too_and_stands(asking: Machine) -> None:
    refused = asking.authorise("01K", 300, card_no="99999999")
    assert refused == AuthAnswer(req="01K", ok=False, why="unknown")

    assert asking.authorise("01K", 300) == refused


def test_a_hello_that_shows_all_pours_frees_what_was_held_in_vain(asking: Machine) -> None:
    asking.hello(0, 0)
    asking.authorise("01K", 300)
    clock.advance(timedelta(minutes=3))
    asking.hello(0, 0)

    assert money(asking.uow) == (1_000, 0)


@pytest.mark.req("C2")
def test_machines_that_ask_at_once_share_what_the_card_has(fresh_database: Database) -> None:
    """Four questions twice each, from two machines, by eight gateways at the same time."""
    with fresh_database.transaction() as uow:
        machine(uow)
        device(uow, "WD-0002")
    answers: list[tuple[str, str, AuthAnswer]] = []
    start = threading.Barrier(8)

    def ask(device_id: str, req: str) -> None:
        start.wait()
        answer = transact(fresh_database, lambda uow: Machine(uow, device_id).authorise(req, 400))
        answers.append((device_id, req, answer))

    asked = [(device_id, req) for device_id in ("WD-0001", "WD-0002") for req in ("a", "b")] * 2
    threads = [threading.Thread(target=ask, args=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    said = {(device_id, req): answer for device_id, req, answer in answers}
    assert len(answers) == 8
    assert all(said[device_id, req] == answer for device_id, req, answer in answers)
    assert sorted(answer.max_fen or 0 for answer in said.values()) == [0, 200, 400, 400]
    with fresh_database.transaction() as uow:
        assert money(uow) == (1_000, 1_000)
