"""Tap to prove: one customer, one machine, one card, two minutes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tapline import cards, clock, people
from tapline.cards import challenges
from tapline.cards.challenges import Challenge, ChallengeState
from tapline.devices import commands
from tapline.errors import ConflictError, NotFoundError
from tapline.uow import UnitOfWork
from tests.factories import START, device
from tests.integration.wire.device import CARD, Machine, machine

DEVICE = "WD-0001"


@pytest.fixture
def here(uow: UnitOfWork) -> Iterator[Machine]:
    """A connected machine that can wait for a card."""
    with clock.frozen(START):
        connected = machine(uow)
        connected.say("st", s="online", conn=1)
        connected.hello(0, 0, caps=["prove"])
        yield connected


@pytest.fixture
def wang(here: Machine) -> UUID:
    return customer(here.uow, "13800138000")


def customer(uow: UnitOfWork, phone: str) -> UUID:
    made = people.create_customer(uow, tenant_id="demo", phone=phone, name="王秀英")
    return made.customer_id


def ask(uow: UnitOfWork, customer_id: UUID, device_id: str = DEVICE) -> Challenge:
    said = {"tenant_id": "demo", "device_id": device_id, "customer_id": customer_id}
    return challenges.ask(uow, **said)  # type: ignore[arg-type]


def tap(here: Machine, asked: Challenge, card_no: str = CARD, **changes: Any) -> None:
    """What the machine says of the card that was tapped."""
    out = {"nonce": asked.nonce, "card": card_no, "atc": 7, "bal": 1_000} | changes
    here.say("up/cmd", cmd=asked.command_id, st="done", out=out)


def own(uow: UnitOfWork, asked: Challenge) -> dict[str, Any]:
    return {
        "tenant_id": "demo",
        "customer_id": asked.customer_id,
        "challenge_id": asked.challenge_id,
    }


def holder(uow: UnitOfWork, card_no: str = CARD) -> UUID | None:
    return cards.get(uow, tenant_id="demo", card_no=card_no).customer_id


@pytest.mark.req("U9")
def test_who_taps_a_bearer_card_where_he_is_told_to_makes_it_his(here: Machine, wang: UUID) -> None:
    asked = ask(here.uow, wang)
    (waiting,) = commands.open_commands(here.uow, device_id=DEVICE, op="prove")
    assert (waiting.command_id, waiting.args["nonce"]) == (asked.command_id, asked.nonce)

    tap(here, asked)
    assert asked.state is ChallengeState.TAPPED
    assert holder(here.uow) is None, "not before he says that it was his"
    challenges.confirm(here.uow, **own(here.uow, asked))

    assert (asked.state, asked.card_no, asked.atc) == (ChallengeState.PROVEN, CARD, 7)
    assert holder(here.uow) == wang


@pytest.mark.req("U9")
def test_the_first_tap_counts_and_a_copy_of_an_answer_nothing(here: Machine, wang: UUID) -> None:
    cards.issue(
        here.uow,
        tenant_id="demo",
        card_no="88009999",
        kind=cards.CardKind.CPU,
        balance_fen=0,  # type: ignore[arg-type]
    )
    asked = ask(here.uow, wang)
    tap(here, asked, "88009999")
    tap(here, asked, CARD)

    assert asked.card_no == "88009999"
    challenges.reject(here.uow, **own(here.uow, asked))
    tap(here, asked, CARD)
    assert asked.state is ChallengeState.REJECTED
    assert holder(here.uow, "88009999") is None
    with pytest.raises(ConflictError):
        challenges.confirm(here.uow, **own(here.uow, asked))


@pytest.mark.req("U9")
def test_an_answer_that_comes_too_late_or_from_elsewhere_proves_nothing(
    here: Machine, wang: UUID
) -> None:
    device(here.uow, "WD-0002")
    asked = ask(here.uow, wang)
    tap(Machine(here.uow, "WD-0002"), asked)
    tap(here, asked, nonce="of another challenge")
    tap(here, asked, "99999999")
    here.say("up/cmd", cmd=asked.command_id, st="done", out={"card": 7})
    assert asked.state is ChallengeState.WAITING

    clock.advance(timedelta(minutes=2))
    late = ask_again = ask(here.uow, wang)
    assert ask_again.challenge_id != asked.challenge_id
    tap(here, asked)
    assert (asked.state, late.state) == (ChallengeState.EXPIRED, ChallengeState.WAITING)


def test_a_card_tapped_waits_two_minutes_for_its_holder_to_say_so(
    here: Machine, wang: UUID
) -> None:
    asked = ask(here.uow, wang)
    tap(here, asked)
    clock.advance(timedelta(minutes=5))

    with pytest.raises(ConflictError):
        challenges.confirm(here.uow, **own(here.uow, asked))
    assert holder(here.uow) is None


@pytest.mark.req("U9")
def test_a_card_of_somebody_else_stays_his(here: Machine, wang: UUID) -> None:
    other = customer(here.uow, "13900139000")
    cards.assign(here.uow, tenant_id="demo", card_no=CARD, customer_id=other)
    asked = ask(here.uow, wang)
    tap(here, asked)

    with pytest.raises(ConflictError):
        challenges.confirm(here.uow, **own(here.uow, asked))
    assert holder(here.uow) == other


def test_a_challenge_is_its_own_customers_alone(here: Machine, wang: UUID) -> None:
    other = customer(here.uow, "13900139000")
    asked = ask(here.uow, wang)
    assert ask(here.uow, wang) is asked, "asked again, it is the same"
    with pytest.raises(ConflictError):
        ask(here.uow, other)
    with pytest.raises(NotFoundError):
        challenges.get(here.uow, **own(here.uow, asked) | {"customer_id": other})


def test_a_machine_that_cannot_is_not_asked(here: Machine, wang: UUID) -> None:
    device(here.uow, "WD-0002")
    with pytest.raises(ConflictError, match="offline"):
        ask(here.uow, wang, "WD-0002")
    here.hello(0, 0, caps=["load"])
    with pytest.raises(ConflictError, match="incapable"):
        ask(here.uow, wang)


def test_who_waits_for_other_peoples_cards_is_stopped(here: Machine, wang: UUID) -> None:
    for _ in range(5):
        ask(here.uow, wang)
        clock.advance(timedelta(seconds=121))
    with pytest.raises(ConflictError, match="often"):
        ask(here.uow, wang)
