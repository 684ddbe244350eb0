"""Goodwill: one person's word within limits, taken back in time, and never paid twice."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from tapline import cards, clock, ledger, people, policy, refunds
from tapline.cards import vouchers
from tapline.cards.facts import FactIn, Payer, restate
from tapline.cards.facts.rules import Bearing, Restatement
from tapline.cards.vouchers import Tap
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import chart
from tapline.notices import Notice
from tapline.people import Role, Staff
from tapline.reconciliation import CorrectionTarget
from tapline.refunds import goodwill
from tapline.refunds.goodwill import Goodwill, GoodwillState, Why
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.refunds.counter import NOON
from tests.integration.refunds.test_settlement import CARD, arrive, dry, prepare


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    with clock.frozen(NOON):
        prepare(uow)
        arrive(uow, wet(1), wet(2))
        yield uow


def wet(seq: int) -> FactIn:
    return factories.fact("A", seq, CARD, atc=seq, before_fen=20_100 - 100 * seq, amt_fen=100)


def staff(uow: UnitOfWork, login: str, role: Role = Role.AGENT) -> Staff:
    return people.create_staff(uow, tenant_id="demo", login=login, name=login, role=role)[0]


def give(uow: UnitOfWork, agent: Staff, seq: int = 1, amount_fen: int = 100) -> Goodwill:
    return goodwill.give(
        uow,
        tenant_id="demo",
        card_no=CARD,
        device_id="A",
        seq=seq,
        amount_fen=amount_fen,
        why=Why.BAD_WATER,
        staff=agent,
    )


def cost_fen(uow: UnitOfWork) -> int:
    found = ledger.balances(uow, tenant_id="demo", codes=[chart.GOODWILL.code])
    return found[chart.GOODWILL.code].posted if found else 0


def waiting_fen(uow: UnitOfWork) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=CARD).pending_load_fen


@pytest.mark.req("C5")
def test_an_agent_makes_good_a_pour_and_it_waits_for_the_next_tap(desk: UnitOfWork) -> None:
    given = give(desk, staff(desk, "lin"))

    assert given.state is GoodwillState.GIVEN
    assert (waiting_fen(desk), cost_fen(desk)) == (100, 100)


def test_the_holder_is_told_once_what_he_was_given_and_where_it_is(desk: UnitOfWork) -> None:
    holder = people.create_customer(desk, tenant_id="demo", phone="13800138000", name="李敏")
    cards.assign(desk, tenant_id="demo", card_no=CARD, customer_id=holder.customer_id)
    give(desk, staff(desk, "lin"))

    told = [text for text in desk.session.scalars(select(Notice.text)) if "补偿" in text]
    assert len(told) == 1
    assert "1.00 元，下次在任意一台机器刷卡时写入卡内" in told[0]


def test_a_pour_is_made_good_once(desk: UnitOfWork) -> None:
    agent = staff(desk, "lin")
    give(desk, agent)

    with pytest.raises(ConflictError, match="made good already"):
        give(desk, agent)
    assert cost_fen(desk) == 100


def test_what_a_machine_has_corrected_is_not_made_good_as_well(desk: UnitOfWork) -> None:
    arrive(desk, dry(3))
    assert waiting_fen(desk) == 100

    with pytest.raises(ConflictError, match="corrected already"):
        give(desk, staff(desk, "lin"), seq=3)


def test_a_typing_mistake_gives_nothing(desk: UnitOfWork) -> None:
    for amount_fen in (0, -100, 2001):
        with pytest.raises(InvalidError):
            give(desk, staff(desk, f"lin{amount_fen}"), amount_fen=amount_fen)
    assert cost_fen(desk) == 0


def test_above_the_limit_another_person_who_supervises_decides(desk: UnitOfWork) -> None:
    small = {"goodwill_fen_max": 50}
    policy.publish(desk, tenant_id="demo", changes=small, actor="test", reason="a small limit")
    asking = staff(desk, "qing", Role.SUPERVISOR)
    asked = give(desk, asking)
    assert asked.state is GoodwillState.ASKED
    assert cost_fen(desk) == 0

    for nobody in (asking, staff(desk, "lin")):
        with pytest.raises(DeniedError):
            decide(desk, asked, nobody)
    decide(desk, asked, staff(desk, "boss", Role.SUPERVISOR))

    assert waiting_fen(desk) == cost_fen(desk) == 100


def decide(uow: UnitOfWork, asked: Goodwill, by: Staff) -> None:
    goodwill.decide(uow, tenant_id="demo", goodwill_id=asked.goodwill_id, approve=True, staff=by)


def test_what_a_supervisor_granted_a_supervisor_alone_takes_back(desk: UnitOfWork) -> None:
    small = {"goodwill_fen_max": 50}
    policy.publish(desk, tenant_id="demo", changes=small, actor="test", reason="a small limit")
    agent, boss = staff(desk, "lin"), staff(desk, "boss", Role.SUPERVISOR)
    granted = give(desk, agent)
    decide(desk, granted, boss)

    with pytest.raises(ConflictError, match="a supervisor takes it back"):
        undo(desk, granted, agent)
    assert cost_fen(desk) == 100

    undo(desk, granted, boss)
    assert cost_fen(desk) == 0


def undo(uow: UnitOfWork, act: Goodwill, by: Staff) -> None:
    goodwill.undo(uow, tenant_id="demo", goodwill_id=act.goodwill_id, staff=by)


@pytest.mark.parametrize(
    ("given_fen", "costs_fen", "stands_fen"), [(100, 0, 0), (100, 40, 40), (300, 40, 240)]
)
def test_what_a_card_is_charged_less_counts_towards_what_was_given_and_back_again(
    desk: UnitOfWork, given_fen: int, costs_fen: int, stands_fen: int
) -> None:
    give(desk, staff(desk, "lin"), amount_fen=given_fen)

    charged(desk, costs_fen)
    assert cost_fen(desk) == stands_fen

    charged(desk, 100)
    assert cost_fen(desk) == given_fen


def charged(uow: UnitOfWork, fen: int) -> None:
    """Pour 1 costs its card so much; nothing: nobody knows whose it is."""
    bearing = Bearing(Payer.CARD, CARD, fen) if fen else Bearing(Payer.SUSPENSE, None, 100)
    now = Restatement(device_id="A", seq=1, standing_hash=None, bearing=bearing)
    restate(uow, tenant_id="demo", restatements=[now])
    drain(uow)


def test_it_is_taken_back_within_minutes_and_not_later(desk: UnitOfWork) -> None:
    agent = staff(desk, "lin")
    first, second = give(desk, agent), give(desk, agent, seq=2)

    goodwill.undo(desk, tenant_id="demo", goodwill_id=first.goodwill_id, staff=agent)
    assert (waiting_fen(desk), cost_fen(desk)) == (100, 100)

    clock.advance(timedelta(seconds=601))
    with pytest.raises(ConflictError, match="too late"):
        goodwill.undo(desk, tenant_id="demo", goodwill_id=second.goodwill_id, staff=agent)
    assert cost_fen(desk) == 100


def test_what_a_machine_has_got_to_write_is_not_taken_back(desk: UnitOfWork) -> None:
    agent = staff(desk, "lin")
    given = give(desk, agent)
    vouchers.ask(desk, tenant_id="demo", taps=[Tap("A", "r1", CARD)])

    with pytest.raises(ConflictError, match="on the card"):
        goodwill.undo(desk, tenant_id="demo", goodwill_id=given.goodwill_id, staff=agent)
    assert cost_fen(desk) == 100


@pytest.mark.req("H386")
def test_a_correction_that_comes_later_counts_the_goodwill_in(desk: UnitOfWork) -> None:
    give(desk, staff(desk, "lin"), amount_fen=300)

    give_late(desk, seq=1)

    assert waiting_fen(desk) == 300
    assert cost_fen(desk) == 200


def give_late(uow: UnitOfWork, seq: int) -> None:
    """A rule names pour `seq` after all, and its correction is settled."""
    uow.session.add(
        CorrectionTarget(
            device_id="A",
            seq=seq,
            tenant_id="demo",
            card_no=CARD,
            target_fen=100,
            code="D01",
            assurance="B",
            updated_at=clock.now(),
        )
    )
    uow.session.flush()
    refunds.settle_pour(uow, tenant_id="demo", device_id="A", seq=seq)
    drain(uow)
