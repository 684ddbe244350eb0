"""What our machines sold to another operator's cards leaves as a signed claim that the other side
reads, takes once, and agrees with to the fen."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, ledger, partners
from tapline.cards import issuers
from tapline.cards.abroad import AbroadCorrection, LineState
from tapline.cards.issuers import settlements
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.sharing import claims, demands, documents
from tapline.sharing.demands import Demand
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.sharing.conftest import UndoneError
from tests.integration.sharing.houses import House
from tests.integration.sharing.trade import DRY, NOON, Trade, read


@pytest.fixture
def trade(uow: UnitOfWork, demo: House, far: House) -> Iterator[Trade]:
    with clock.frozen(NOON):
        yield Trade(uow)


def told(corrections: list[AbroadCorrection]) -> list[tuple[int, LineState, str]]:
    return [(one.amount_fen, one.state, one.reason) for one in corrections]


@pytest.mark.req("U5")
def test_what_one_operator_claims_the_other_reads_pays_and_agrees_with(trade: Trade) -> None:
    trade.draws("demo")
    trade.draws("far", 300)
    trade.draws("far", 200)
    trade.draws("demo")

    made = trade.demands_tomorrow()
    lines, _ = trade.takes(made.document)

    assert [(one.state, one.amount_fen) for one in lines] == [
        (LineState.ACCEPTED, 300),
        (LineState.ACCEPTED, 200),
    ]
    assert made.total_fen == trade.claimed_fen == trade.owed_fen == 500
    assert trade.worth_fen == 5000 - 700
    assert ledger.verify(trade.uow, tenant_id="demo").differences == ()


def test_a_claim_is_the_same_to_the_byte_and_later_water_stands_in_the_next(trade: Trade) -> None:
    trade.draws("demo")
    trade.draws("far", 300)
    trade.draws("demo")
    first = trade.demands_tomorrow()
    day = settlements.yesterday()
    trade.draws("far", 100)
    (partner,) = partners.listed(trade.uow, tenant_id="far")
    partner.name = "another name by now"
    trade.uow.session.flush()

    again = trade.demands(day)
    second = trade.demands_tomorrow()

    assert again.document == first.document
    assert [one.amount_fen for one in read(first).pours] == [300]
    assert [one.amount_fen for one in read(second).pours] == [100]
    assert second.total_fen + first.total_fen == trade.claimed_fen
    with pytest.raises(ConflictError, match="nothing"):
        trade.demands_tomorrow()
    with pytest.raises(DBAPIError, match="append-only"), trade.uow.attempt():
        trade.uow.session.execute(text("update sharing_demand set total_fen = 0"))


def test_a_pour_without_water_is_claimed_and_corrected_in_the_same_file(trade: Trade) -> None:
    trade.draws("demo")
    trade.draws("far", 300, **DRY)
    trade.draws("demo")

    made = trade.demands_tomorrow()
    lines, corrections = trade.takes(made.document)

    (mended,) = read(made).corrections
    assert (mended.statement, mended.device, mended.seq) == (made.settlement_id, "F-1", 1)
    assert [one.state for one in lines] == [LineState.ACCEPTED]
    assert told(corrections) == [(-300, LineState.ACCEPTED, "")]
    assert made.total_fen == trade.claimed_fen == trade.owed_fen == 0
    assert trade.worth_fen == 5000 - 200, "the card has its money back"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_corrections_count_one_after_the_other_in_whatever_order_files_come(
    trade: Trade, order: tuple[int, ...]
) -> None:
    trade.draws("demo")
    trade.draws("far", 300)
    trade.draws("demo")
    made = [trade.demands_tomorrow()]
    trade.disowns()
    made.append(trade.demands_tomorrow())
    trade.owns()
    made.append(trade.demands_tomorrow())
    assert [[one.amount_fen for one in read(each).corrections] for each in made] == [
        [],
        [-300],
        [300],
    ]

    for number in order:
        trade.takes(made[number].document)
        trade.takes(made[number].document)

    assert trade.claimed_fen == trade.owed_fen == 300
    assert trade.worth_fen == 4500
    assert claims.look_again(trade.uow, tenant_id="demo") == 0
    assert ledger.verify(trade.uow, tenant_id="demo").differences == ()


def test_what_was_paid_and_then_corrected_is_owed_back(trade: Trade) -> None:
    trade.draws("demo")
    trade.draws("far", 300)
    trade.draws("demo")
    trade.takes(trade.demands_tomorrow().document)
    claims.pay(
        trade.uow, tenant_id="demo", issuer_id="op-far", fen=300, reference="B-1", actor="cai.demo"
    )
    trade.disowns()
    trade.takes(trade.demands_tomorrow().document)
    assert trade.owed_fen == -300
    account = claims.account(trade.uow, tenant_id="demo", issuer_id="op-far")
    assert (account.net_fen, account.both_fen) == (300, 0)


def test_a_correction_of_what_nobody_pays_waits_and_gives_nothing_back(trade: Trade) -> None:
    trade.draws("demo")
    trade.draws("far", 300)
    made = trade.demands_tomorrow()
    trade.disowns()
    mending = trade.demands_tomorrow()

    _, corrections = trade.takes(mending.document)
    assert told(corrections) == [(-300, LineState.WAITING, "line_not_taken")]
    trade.takes(made.document)
    _, corrections = trade.takes(mending.document)
    assert told(corrections) == [(-300, LineState.WAITING, "line_waits")]
    assert (trade.owed_fen, trade.worth_fen) == (0, 4900)

    trade.draws("demo")
    claims.look_again(trade.uow, tenant_id="demo")
    _, corrections = trade.takes(mending.document)
    assert told(corrections) == [(-300, LineState.ACCEPTED, "")]
    assert trade.owed_fen == trade.claimed_fen == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount_fen": -301}, (LineState.DISPUTED, "mends_too_much")),
        ({"amount_fen": 1}, (LineState.DISPUTED, "mends_too_much")),
        ({"seq": 9}, (LineState.DISPUTED, "mends_no_line")),
        ({"revision": 2}, (LineState.WAITING, "earlier_missing")),
    ],
)
def test_a_correction_that_does_not_fit_is_refused_with_its_reason_and_moves_nothing(
    trade: Trade, changes: dict[str, Any], expected: tuple[LineState, str]
) -> None:
    trade.draws("demo")
    trade.draws("far", 300)
    trade.draws("demo")
    trade.takes(trade.demands_tomorrow().document)
    trade.disowns()
    honest = read(trade.demands_tomorrow())
    (mended,) = honest.corrections
    false = msgspec.structs.replace(
        honest,
        statement=new_id(),
        corrections=[msgspec.structs.replace(mended, **changes)],
    )

    before = (trade.owed_fen, trade.worth_fen)
    _, (refused,) = trade.takes(trade.signs(false))
    assert (refused.state, refused.reason) == expected
    assert (trade.owed_fen, trade.worth_fen) == before

    trade.takes(trade.signs(honest))
    again = msgspec.structs.replace(honest, statement=new_id())
    _, (second,) = trade.takes(trade.signs(again))
    assert (second.state, second.reason) == (LineState.DISPUTED, "mended_before")
    assert trade.owed_fen == trade.claimed_fen == 0


def test_a_file_with_a_correction_that_cannot_be_read_is_refused_whole(trade: Trade) -> None:
    trade.draws("demo")
    trade.draws("far", 300, **DRY)
    trade.draws("demo")
    content = read(trade.demands_tomorrow())
    (mended,) = content.corrections
    for changes in ({"amount_fen": 0}, {"revision": 0}, {"device": "F 1"}):
        wrong = msgspec.structs.replace(mended, **changes)
        with pytest.raises(InvalidError, match="correction 1 cannot be read"):
            trade.takes(trade.signs(msgspec.structs.replace(content, corrections=[wrong])))
    twice = msgspec.structs.replace(content, corrections=[mended, mended])
    with pytest.raises(InvalidError, match="a second time"):
        trade.takes(trade.signs(twice))
    assert claims.listed(trade.uow, tenant_id="demo", issuer_id="op-far") == []


def test_without_a_key_a_partner_or_an_operator_there_is_no_claim(trade: Trade) -> None:
    trade.draws("far", 300)
    clock.advance(timedelta(days=1))
    issuer = issuers.get(trade.uow, tenant_id="far", issuer_id="op-demo")
    issuer.legal_entity = "another Ltd"
    trade.uow.session.flush()
    with pytest.raises(ConflictError, match="no partner of ours is another Ltd"):
        trade.demands()
    issuers.create(
        trade.uow,
        tenant_id="far",
        issuer_id="school",
        name="学校",
        legal_entity="School",
        contact="",
        settlement_day=5,
        commission_permille=5,
        actor="far",
    )
    with pytest.raises(InvalidError, match="no operator"):
        demands.demand(
            trade.uow,
            tenant_id="far",
            issuer_id="school",
            period_to=settlements.yesterday(),
            vault=factories.VAULT,
            actor="far",
        )
    with pytest.raises(InvalidError, match="commission"):
        issuers.create(
            trade.uow,
            tenant_id="far",
            issuer_id="third",
            name="第三家",
            legal_entity="third Ltd",
            contact="",
            settlement_day=5,
            commission_permille=5,
            actor="far",
            operator=True,
        )


ACTS = st.lists(st.sampled_from(["home", "abroad", "dry", "claim", "numbers"]), max_size=8)


@settings(max_examples=6, deadline=None)
@given(ACTS, st.randoms(use_true_random=False))
def test_whatever_happened_both_books_agree_once_all_files_are_taken(
    built: tuple[Database, House, House], acts: list[str], chance: Any
) -> None:
    with clock.frozen(NOON), undone(built[0]) as uow:
        trade, made = Trade(uow), list[Demand]()
        trade.draws("demo")
        for act in [*acts, "abroad", "claim"]:
            made += happens(trade, act, chance)
        trade.draws("demo")

        sent = made + chance.sample(made, len(made) // 2)
        chance.shuffle(sent)
        for one in sent:
            trade.takes(one.document)
        claims.look_again(uow, tenant_id="demo")

        assert claims.look_again(uow, tenant_id="demo") == 0
        assert trade.owed_fen == trade.claimed_fen == sum(one.total_fen for one in made)
        assert ledger.verify(uow, tenant_id="demo").differences == ()


def happens(trade: Trade, act: str, chance: Any) -> list[Demand]:
    """One thing more, and the claim that was made, where it was one."""
    match act:
        case "home":
            trade.draws("demo")
        case "abroad":
            trade.draws("far", chance.choice([100, 250]))
        case "dry":
            trade.draws("far", 150, **DRY)
        case "numbers" if trade.are_owned:
            trade.disowns()
        case "numbers":
            trade.owns()
        case "claim":
            clock.advance(timedelta(days=1))
            with contextlib.suppress(ConflictError):  # there is nothing to claim
                return [trade.demands()]
    return []


@contextlib.contextmanager
def undone(database: Database) -> Iterator[UnitOfWork]:
    """A transaction of which nothing stays."""
    with contextlib.suppress(UndoneError), database.transaction() as uow:
        yield uow
        raise UndoneError


def test_a_file_without_corrections_is_read_by_those_who_know_of_none(trade: Trade) -> None:
    trade.draws("far", 300)
    made = trade.demands_tomorrow()
    assert "corrections" not in made.document
    assert documents.signer(made.document) == read(made).sender.key
