"""A card's life: lost, found, replaced; who did it stays written, and no fen stays behind."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tapline import audit, cards, clock, ledger, people, policy
from tapline.cards import Card, CardKind, CardState, blocklist, vouchers
from tapline.cards.facts import FactIn, ingest
from tapline.cards.life.replacing import DEBT_WAITS
from tapline.cards.vouchers import Tap
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.money import Fen
from tapline.outbox import OutboxRepository
from tapline.uow import UnitOfWork
from tests import factories

CARD, NEW, THIRD = "88001234", "88009999", "88007777"


@pytest.fixture
def desk(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """A machine, and 李敏 with a card of 100.00 yuan that has poured once."""
    with clock.frozen(factories.START):
        factories.tenant(uow)
        factories.device(uow, "WD-1")
        factories.card(uow, CARD)
        holder = people.create_customer(uow, tenant_id="demo", phone="13800138000", name="李敏")
        cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=holder.customer_id)
        pours(uow, 1)
        yield uow


def pours(uow: UnitOfWork, seq: int, **changes: object) -> FactIn:
    before_fen = 10_000 - 100 * (seq - 1)
    fact = factories.fact("WD-1", seq, CARD, atc=seq, before_fen=before_fen, **changes)
    ingest(uow, tenant_id="demo", facts=[fact])
    return fact


def lost(uow: UnitOfWork) -> Card:
    return cards.report_lost(
        uow, tenant_id="demo", card_no=CARD, actor="lin.xia", reason="left on the bus"
    )


def replaced(uow: UnitOfWork, card_no: str = CARD, new: str = NEW, **given: CardKind) -> Card:
    return cards.replace(
        uow,
        tenant_id="demo",
        card_no=card_no,
        new_card_no=new,
        actor="lin.xia",
        reason="lost",
        **given,
    )


def carried(uow: UnitOfWork) -> None:
    cards.carry_on(uow, tenant_id="demo", card_nos=[CARD, NEW])


def carried_later(uow: UnitOfWork) -> None:
    with clock.frozen(clock.now() + DEBT_WAITS + timedelta(seconds=1)):
        cards.carry_all(uow, tenant_id="demo")


def worth(uow: UnitOfWork, card_no: str) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=card_no).balance_fen


def blocked(uow: UnitOfWork) -> list[str]:
    newest = blocklist.version(uow, tenant_id="demo")
    return list(blocklist.listed(uow, tenant_id="demo", version=newest))


def acts(uow: UnitOfWork, card_no: str = CARD) -> list[tuple[str, str, str]]:
    steps = cards.steps(uow, tenant_id="demo", card_no=card_no)
    return [(step.act.value, step.state.value, step.actor) for step in reversed(steps)]


def test_a_lost_card_is_blocked_at_once_and_works_again_when_it_is_found(desk: UnitOfWork) -> None:
    assert lost(desk).state is CardState.FROZEN
    assert blocked(desk) == [CARD]

    card = cards.found(desk, tenant_id="demo", card_no=CARD, actor="lin.xia", reason="in a coat")
    assert card.state is CardState.ACTIVE
    assert blocked(desk) == []
    assert acts(desk) == [
        ("issue", "active", "system"),
        ("register", "active", "system"),
        ("report_lost", "frozen", "lin.xia"),
        ("find", "active", "lin.xia"),
    ]
    trail = audit.about(desk, tenant_id="demo", subject=f"card:{CARD}")
    assert [(one.action, one.reason) for one in trail[:2]] == [
        ("card.find", "in a coat"),
        ("card.report_lost", "left on the bus"),
    ]


def test_what_waits_for_a_lost_card_is_not_written_and_not_lost(desk: UnitOfWork) -> None:
    ledger.post(
        desk,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key="fix:WD-1:1:1",
                kind="correction",
                event_at=clock.now(),
                movement=ledger.Correct(CARD, 100),
                content={},
            )
        ],
    )
    lost(desk)

    assert vouchers.ask(desk, tenant_id="demo", taps=[Tap("WD-1", "r1", CARD)]) == [None]
    assert worth(desk, CARD) == 10_000


def test_a_lost_card_still_takes_facts(desk: UnitOfWork) -> None:
    lost(desk)
    pours(desk, 2)

    assert worth(desk, CARD) == 9_800


def test_what_cannot_be_done_says_what_can(desk: UnitOfWork) -> None:
    lost(desk)
    with pytest.raises(ConflictError, match="have it found again or replaced first"):
        lost(desk)
    with pytest.raises(InvalidError, match="say why"):
        cards.found(desk, tenant_id="demo", card_no=CARD, actor="x", reason=" ")
    with pytest.raises(NotFoundError):
        cards.found(desk, tenant_id="other", card_no=CARD, actor="x", reason="y")


def test_a_lost_card_whose_closing_is_withdrawn_is_lost_still(desk: UnitOfWork) -> None:
    lost(desk)
    cards.begin_closing(desk, tenant_id="demo", card_no=CARD)

    assert cards.reactivate(desk, tenant_id="demo", card_no=CARD).state is CardState.FROZEN
    assert blocked(desk) == [CARD]


def test_steps_of_a_card_cannot_be_taken_back(desk: UnitOfWork) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        desk.session.execute(text("delete from card_step"))


@pytest.mark.req("C4")
def test_another_card_takes_its_place_and_all_its_money(desk: UnitOfWork) -> None:
    lost(desk)
    new = replaced(desk)

    old = cards.get(desk, tenant_id="demo", card_no=CARD)
    assert (old.state, old.replaced_by, new.replaces) == (CardState.REPLACED, NEW, CARD)
    assert (new.kind, new.customer_id, new.opened_fen) == (old.kind, old.customer_id, 0)
    assert blocked(desk) == [CARD]
    money = ledger.card(desk, tenant_id="demo", card_no=NEW)
    assert (worth(desk, CARD), money.pending_load_fen, money.principal_fen) == (0, 9_900, 0)
    assert cards.lineage(desk, tenant_id="demo", card_no=NEW) == [NEW, CARD]
    with pytest.raises(ConflictError, match="look at the card that took its place"):
        cards.found(desk, tenant_id="demo", card_no=CARD, actor="x", reason="y")


def test_a_card_without_a_purse_has_the_money_at_once(desk: UnitOfWork) -> None:
    replaced(desk, kind=CardKind.ID)

    assert ledger.card(desk, tenant_id="demo", card_no=NEW).principal_fen == 9_900


def test_a_late_pour_of_the_old_card_is_charged_there_and_carried_on(desk: UnitOfWork) -> None:
    replaced(desk)
    pours(desk, 2)
    assert (worth(desk, CARD), worth(desk, NEW)) == (-100, 9_900)

    carried(desk)
    cards.carry_all(desk, tenant_id="demo")
    assert (worth(desk, CARD), worth(desk, NEW)) == (-100, 9_900), "it may be put right yet"

    carried_later(desk)
    carried_later(desk)

    assert (worth(desk, CARD), worth(desk, NEW)) == (0, 9_800)
    events = [one.type for one in OutboxRepository(desk.session).take(100)]
    assert events.count("CardCarried") == 2


def test_money_reaches_the_last_of_several_cards(desk: UnitOfWork) -> None:
    replaced(desk)
    replaced(desk, NEW, THIRD)
    pours(desk, 2)
    carried_later(desk)

    assert [worth(desk, no) for no in (CARD, NEW, THIRD)] == [0, 0, 9_800]
    assert cards.successor(desk, tenant_id="demo", card_no=CARD).card_no == THIRD


def test_what_a_machine_may_still_write_onto_the_old_card_is_carried_when_it_was_not(
    desk: UnitOfWork,
) -> None:
    ledger.post(
        desk,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key="topup",
                kind="topup",
                event_at=clock.now(),
                movement=ledger.Transfer(chart.psp("wechat"), chart.card(CARD).pending_load, 2_000),
                content={},
            )
        ],
    )
    vouchers.ask(desk, tenant_id="demo", taps=[Tap("WD-1", "r1", CARD)])
    replaced(desk)
    assert (worth(desk, CARD), worth(desk, NEW)) == (2_000, 9_900)

    vouchers.give_up(desk, tenant_id="demo", card_no=CARD)
    cards.carry_all(desk, tenant_id="demo")

    assert (worth(desk, CARD), worth(desk, NEW)) == (0, 11_900)


def test_a_blank_card_of_the_house_is_taken_and_a_card_in_use_is_not(desk: UnitOfWork) -> None:
    other = people.create_customer(desk, tenant_id="demo", phone="13900139000", name="王强")
    factories.card(desk, THIRD)
    cards.assign(desk, tenant_id="demo", card_no=THIRD, customer_id=other.customer_id)
    with pytest.raises(ConflictError, match="in use"):
        replaced(desk, new=THIRD)

    factories.card(desk, NEW, 0)
    assert replaced(desk).replaces == CARD


def test_a_card_of_nobody_and_a_card_that_somebody_else_blocked_are_not_replaced(
    desk: UnitOfWork,
) -> None:
    blocklist.block(desk, tenant_id="demo", card_no=CARD, reason="school")
    with pytest.raises(ConflictError, match=r"blocked \(school\)"):
        replaced(desk)

    factories.card(desk, THIRD)
    with pytest.raises(ConflictError, match="register it"):
        replaced(desk, THIRD)


def test_much_money_changes_cards_only_for_somebody_whose_papers_were_seen(
    desk: UnitOfWork,
) -> None:
    card = cards.get(desk, tenant_id="demo", card_no=CARD)
    assert cards.load_limit_fen(desk, card=card) == 100_000
    policy.publish(
        desk,
        tenant_id="demo",
        changes={"bearer_card_fen_max": 5_000},
        actor="he.qing",
        reason="to try it",
    )
    with pytest.raises(ConflictError, match="papers"):
        replaced(desk)

    assert card.customer_id is not None
    people.verify_identity(
        desk,
        vault=factories.VAULT,
        tenant_id="demo",
        customer_id=card.customer_id,
        real_name="李敏",
        document=people.Document.ID_CARD,
        number="11010519491231002X",
        actor="lin.xia",
        how="at the counter",
    )
    assert replaced(desk).replaces == CARD
    assert cards.load_limit_fen(desk, card=card) == 500_000


def test_a_fee_is_taken_from_the_old_card_where_policy_asks_for_one(desk: UnitOfWork) -> None:
    policy.publish(
        desk,
        tenant_id="demo",
        changes={"card_replace_fee_fen": 500},
        actor="he.qing",
        reason="plastic",
    )
    replaced(desk)

    assert worth(desk, NEW) == 9_400
    fees = ledger.balances(desk, tenant_id="demo", codes=["rev:fees"])
    assert fees["rev:fees"].posted == 500


def test_a_new_card_may_not_have_the_number_of_the_old(desk: UnitOfWork) -> None:
    with pytest.raises(InvalidError):
        replaced(desk, new=CARD)
    assert cards.issue(desk, tenant_id="demo", card_no=NEW, kind=CardKind.CPU, balance_fen=Fen(0))
