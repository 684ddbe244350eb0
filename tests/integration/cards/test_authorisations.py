"""Cards whose balance is online: what is granted is there, is taken once, and comes back if not."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tapline import cards, clock, ledger, policy
from tapline.cards import CardKind, authorisations, blocklist, facts
from tapline.cards.authorisations import (
    Authorisation,
    AuthorisationState,
    Question,
    Refusal,
    screens,
)
from tapline.cards.facts import FactIn
from tapline.devices import Standing
from tapline.money import Fen
from tapline.uow import UnitOfWork
from tests.factories import START, card, device, fact, tenant

CARD = "70001234"
DAY = timedelta(days=1)


@pytest.fixture
def world(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    tenant(uow)
    device(uow, "WD-0001")
    device(uow, "WD-0002")
    issue(uow, CARD, 1_000)
    with clock.frozen(START):
        yield uow


def issue(uow: UnitOfWork, card_no: str, fen: int, kind: CardKind = CardKind.ID) -> cards.Card:
    return cards.issue(uow, tenant_id="demo", card_no=card_no, kind=kind, balance_fen=Fen(fen))


def ask(uow: UnitOfWork, req: str, want_fen: int = 300, **other: Any) -> Authorisation:
    question = Question(other.get("device", "WD-0001"), req, other.get("card", CARD), want_fen)
    question = question._replace(code=other.get("code"))
    return authorisations.ask(uow, tenant_id="demo", questions=[question])[0]


def pour(seq: int, hold: str | None, amt_fen: int = 200, **changes: Any) -> FactIn:
    online = {"card_kind": "id", "bal_before_fen": None, "bal_after_fen": None, "auth": hold}
    values = online | {"amt_fen": amt_fen} | changes
    device_id = values.pop("device", "WD-0001")
    return fact(device_id, seq, CARD, atc=None, before_fen=0, **values)


def take(uow: UnitOfWork, *batch: FactIn) -> None:
    facts.ingest(uow, tenant_id="demo", facts=batch)


def money(uow: UnitOfWork) -> tuple[int, int]:
    """(what the card is worth, what of it is reserved), in fen."""
    held = ledger.card(uow, tenant_id="demo", card_no=CARD)
    return held.balance_fen, held.held_fen


@pytest.mark.req("C2")
def test_what_is_granted_is_held_and_the_pour_takes_what_it_cost(world: UnitOfWork) -> None:
    granted = ask(world, "r1")
    assert (granted.state, granted.max_fen) == (AuthorisationState.HELD, 300)
    assert money(world) == (1_000, 300)

    take(world, pour(1, granted.hold_id))

    assert money(world) == (800, 0)
    assert (granted.state, granted.used_fen, granted.used_seq) == ("used", 200, 1)


@pytest.mark.req("C2")
def test_the_same_question_gets_the_same_answer_for_ever(world: UnitOfWork) -> None:
    granted = ask(world, "r1")
    take(world, pour(1, granted.hold_id))
    cards.begin_closing(world, tenant_id="demo", card_no=CARD)

    again = ask(world, "r1")

    assert (again.hold_id, again.max_fen, again.expires_at) == (
        granted.hold_id,
        300,
        granted.expires_at,
    )
    assert money(world) == (800, 0)


def test_a_question_twice_in_one_batch_holds_once(world: UnitOfWork) -> None:
    twice = [Question("WD-0001", "r1", CARD, 300)] * 2
    one, other = authorisations.ask(world, tenant_id="demo", questions=twice)

    assert one is other
    assert money(world) == (1_000, 300)


@pytest.mark.req("C2")
def test_two_machines_at_once_are_never_granted_more_than_the_card_has(world: UnitOfWork) -> None:
    first = ask(world, "r1", 800)
    second = ask(world, "r1", 800, device="WD-0002")
    third = ask(world, "r2", 800, device="WD-0002")

    assert (first.max_fen, second.max_fen) == (800, 200)
    assert (third.state, third.why) == (AuthorisationState.REFUSED, Refusal.BALANCE)


def test_a_pour_above_its_hold_takes_the_rest_like_any_pour(world: UnitOfWork) -> None:
    granted = ask(world, "r1", 300)
    take(world, pour(1, granted.hold_id, amt_fen=1_200))

    held = ledger.card(world, tenant_id="demo", card_no=CARD)
    assert (held.principal_fen, held.receivable_fen, held.held_fen) == (0, 200, 0)


def test_a_pour_of_nothing_gives_the_hold_back(world: UnitOfWork) -> None:
    granted = ask(world, "r1")
    take(world, pour(1, granted.hold_id, amt_fen=0, status="no_flow", ml=0))

    assert money(world) == (1_000, 0)


def test_a_hold_is_captured_by_its_own_machine_and_card_alone(world: UnitOfWork) -> None:
    granted = ask(world, "r1")
    take(world, pour(1, granted.hold_id, device="WD-0002"))

    assert money(world) == (800, 300)
    take(world, pour(1, granted.hold_id))
    assert money(world) == (600, 0)


def test_a_hold_that_was_never_poured_ends_by_itself(world: UnitOfWork) -> None:
    rules = policy.current(world, tenant_id="demo")
    ask(world, "r1")

    clock.advance(timedelta(seconds=rules.authorise_s + 1))
    assert authorisations.end_overdue(world, tenant_id="demo") == 0, "its pour may be on its way"
    clock.advance(timedelta(seconds=rules.offline_window_s))
    assert authorisations.end_overdue(world, tenant_id="demo") == 1
    assert money(world) == (1_000, 0)


def test_a_closed_card_has_nothing_held(world: UnitOfWork) -> None:
    ask(world, "r1")
    ask(world, "r2")
    authorisations.give_up(world, tenant_id="demo", card_no=CARD)

    assert money(world) == (1_000, 0)


def test_a_pour_after_the_end_of_its_hold_is_an_ordinary_one(world: UnitOfWork) -> None:
    granted = ask(world, "r1")
    clock.advance(30 * DAY)
    authorisations.end_overdue(world, tenant_id="demo")

    take(world, pour(1, granted.hold_id))

    assert money(world) == (800, 0)


def test_a_machine_that_has_shown_all_it_poured_frees_what_it_did_not(world: UnitOfWork) -> None:
    ask(world, "r1")
    shown, hiding = ({"WD-0001": Standing(seq_head, 1)} for seq_head in (1, 2))
    release = partial(authorisations.release_unused, world, tenant_id="demo")

    assert release(standing=shown) == 0, "may still pour"
    clock.advance(timedelta(minutes=5))
    assert release(standing=hiding) == 0
    assert release(standing=shown) == 1
    assert money(world) == (1_000, 0)


@pytest.mark.req("C2")
def test_a_refusal_says_why(world: UnitOfWork) -> None:
    card(world, "88001234")
    issue(world, "70000001", 500)
    blocklist.block(world, tenant_id="demo", card_no="70000001", reason="lost")
    issue(world, "70000002", 500)
    cards.begin_closing(world, tenant_id="demo", card_no="70000002")
    issue(world, "70000003", 0)
    issue(world, "70000004", 500, CardKind.QR)

    asked = {
        "99999999": Refusal.UNKNOWN,
        "88001234": Refusal.OFFLINE,
        "70000001": Refusal.BLOCKED,
        "70000002": Refusal.BLOCKED,
        "70000003": Refusal.BALANCE,
        "70000004": Refusal.CODE,
    }
    for card_no, why in asked.items():
        answer = ask(world, card_no, card=card_no)
        assert (answer.state, answer.why, answer.hold_id) == ("refused", why, None)


def test_limits_bound_a_pour_and_a_day(world: UnitOfWork) -> None:
    changes = {"authorise_fen_max": 400, "authorise_day_fen_max": 600}
    policy.publish(world, tenant_id="demo", changes=changes, actor="finance", reason="trial")

    first = ask(world, "r1", 900)
    take(world, pour(1, first.hold_id, amt_fen=350))
    assert (first.max_fen, ask(world, "r2", 900).max_fen) == (400, 250)
    assert ask(world, "r3", 900).why == Refusal.LIMIT
    clock.advance(DAY)
    assert ask(world, "r4", 900).max_fen == 400


@pytest.mark.req("C2")
def test_a_code_on_a_screen_opens_its_card_once_within_a_minute(world: UnitOfWork) -> None:
    mine, other = (issue(world, no, 500, CardKind.QR) for no in ("70000004", "70000005"))
    shown = screens.show(world, card=mine)
    card_no, _, code = shown.text.rpartition(".")
    assert card_no == mine.card_no

    assert ask(world, "r1", card=other.card_no, code=code).why == Refusal.CODE
    assert ask(world, "r2", card=card_no, code=code).max_fen == 300
    assert ask(world, "r2", card=card_no, code=code).max_fen == 300, "the same question"
    assert ask(world, "r3", card=card_no, code=code).why == Refusal.CODE

    late = screens.show(world, card=mine).text.rpartition(".")[2]
    clock.advance(timedelta(seconds=61))
    assert ask(world, "r4", card=card_no, code=late).why == Refusal.CODE


@pytest.mark.req("C2")
def test_any_order_and_repetition_ends_with_the_same_money(world: UnitOfWork) -> None:
    """Questions, pours, a copy, a hold that nobody knows any more, and the clock: 24 orders."""
    known, late = ask(world, "r1"), ask(world, "r2")
    steps: dict[str, Callable[[], object]] = {
        "ask": lambda: ask(world, "r1") and ask(world, "r3"),
        "pour": lambda: take(world, pour(1, known.hold_id), pour(3, "lost-hold", amt_fen=70)),
        "again": lambda: take(world, pour(1, known.hold_id), pour(2, late.hold_id, amt_fen=50)),
        "sweep": lambda: authorisations.end_overdue(world, tenant_id="demo"),
    }
    outcomes = set()
    for order in itertools.permutations(steps):
        with clock.frozen(START):
            attempt = world.session.begin_nested()
            for name in order:
                clock.advance(timedelta(hours=25))
                steps[name]()
            clock.advance(30 * DAY)
            authorisations.end_overdue(world, tenant_id="demo")
            outcomes.add(money(world))
            attempt.rollback()
            world.session.expire_all()

    assert outcomes == {(680, 0)}
