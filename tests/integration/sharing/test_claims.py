"""Water that our cards drew at another operator's machines: claimed, held against the cards' own
counters, posted once, disputed where it does not fit, set off."""

from datetime import timedelta
from typing import Any

import pytest

from tapline import clock, ledger, reconciliation
from tapline.cards import issuers
from tapline.cards.abroad import LineState
from tapline.cards.issuers import receipts
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.sharing import claims, documents
from tapline.sharing.documents import ClaimedPour, Party
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.sharing.between import LONG, NOON, OPERATOR, Between, drawn
from tests.integration.sharing.houses import House


@pytest.fixture
def between(uow: UnitOfWork, demo: House, far: House) -> Any:
    with clock.frozen(NOON):
        found = Between(uow, demo, far)
        found.pours(1, 1, 5000)
        clock.advance(timedelta(hours=1))
        found.pours(2, 3, 4600)
        clock.advance(LONG)
        yield found


def test_what_the_cards_counter_confirms_is_paid_by_the_card_and_owed_to_the_operator(
    between: Between,
) -> None:
    before = between.worth_fen
    (line,) = between.takes(between.claims(drawn()))

    assert (line.state, line.reason) == (LineState.ACCEPTED, "")
    assert between.worth_fen == before - 300
    assert between.owed_fen == 300
    assert between.codes() == set(), "the hole in the chain is none"
    assert ledger.verify(between.uow, tenant_id="demo").differences == ()


def test_the_same_file_and_the_same_pour_in_another_move_nothing_twice(between: Between) -> None:
    document = between.claims(drawn())
    between.takes(document)
    (again,) = between.takes(document)
    assert again.state is LineState.ACCEPTED

    (other,) = between.takes(between.claims(drawn()))
    assert (other.state, other.reason) == (LineState.DISPUTED, "claimed_before")
    assert between.owed_fen == 300


def test_what_was_given_back_for_the_hole_is_taken_back_when_the_claim_explains_it(
    between: Between,
) -> None:
    reconciliation.sweep_cards(between.uow, tenant_id="demo")
    drain(between.uow)
    assert between.worth_fen == 4800, "nobody told us of the 3.00: the card has them back"

    between.takes(between.claims(drawn()))
    assert (between.worth_fen, between.owed_fen) == (4500, 300)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (drawn(card="66009999"), "unknown_card"),
        (drawn(after_fen=4500), "does_not_add_up"),
        (drawn(atc=1, before_fen=5000), "counter_taken"),
        (drawn(before_fen=4800), "balances_differ"),
        (drawn(amount_fen=299), "balances_differ"),
    ],
)
def test_what_does_not_agree_with_the_card_is_disputed_and_moves_nothing(
    between: Between, line: ClaimedPour, why: str
) -> None:
    before = between.worth_fen
    (told,) = between.takes(between.claims(line))

    assert (told.state, told.reason) == (LineState.DISPUTED, why)
    assert (between.worth_fen, between.owed_fen) == (before, 0)


def test_a_disputed_line_may_be_claimed_again_as_it_was(between: Between) -> None:
    between.takes(between.claims(drawn(before_fen=4800)))
    (line,) = between.takes(between.claims(drawn()))
    assert line.state is LineState.ACCEPTED
    assert between.owed_fen == 300


@pytest.mark.parametrize(
    "told",
    [
        [drawn(3, 100_000_000, 1)],
        [drawn(3, 100_000_000, 1), drawn(5, 90_000_000, 90_000_000 - 4600)],
        [drawn(3, 4901, 1), drawn(5, 4700, 101)],
        [drawn(3, 4700, 101)],
    ],
)
def test_no_line_takes_more_than_the_hole_in_the_cards_chain_had(
    uow: UnitOfWork, demo: House, far: House, told: list[ClaimedPour]
) -> None:
    with clock.frozen(NOON):
        between = Between(uow, demo, far)
        between.pours(1, 1, 5000)
        clock.advance(timedelta(hours=1))
        between.pours(2, 6, 4600)
        clock.advance(LONG)
        found = between.takes(between.claims(*told))

    assert [(one.state, one.reason) for one in found] == [
        (LineState.DISPUTED, "balances_differ") for _ in told
    ]
    assert (between.worth_fen, between.owed_fen) == (4800, 0)


def test_a_wrong_line_that_waits_does_not_keep_the_right_one_of_its_pour_from_counting(
    uow: UnitOfWork, demo: House, far: House
) -> None:
    with clock.frozen(NOON):
        between = Between(uow, demo, far)
        between.pours(1, 1, 5000)
        (wrong,) = between.takes(between.claims(drawn(amount_fen=299)))
        (right,) = between.takes(between.claims(drawn()))
        assert {wrong.state, right.state} == {LineState.WAITING}

        clock.advance(timedelta(hours=1))
        between.pours(2, 3, 4600)
        claims.look_again(uow, tenant_id="demo")
        drain(uow)

        assert (wrong.state, wrong.reason) == (LineState.DISPUTED, "balances_differ")
        assert right.state is LineState.ACCEPTED
        assert (between.worth_fen, between.owed_fen) == (4500, 300)


@pytest.mark.parametrize("order", [1, -1])
def test_several_pours_in_one_hole_fit_together_in_any_order(
    uow: UnitOfWork, demo: House, far: House, order: int
) -> None:
    with clock.frozen(NOON):
        between = Between(uow, demo, far)
        between.pours(1, 1, 5000)
        clock.advance(timedelta(hours=1))
        between.pours(2, 4, 4500)
        clock.advance(LONG)
        both = [drawn(), drawn(3, 4600, 100)][::order]
        told = between.takes(between.claims(*both, drawn(3, 4600, 100, seq=99)))

    assert sorted(one.state for one in told) == [
        LineState.ACCEPTED,
        LineState.ACCEPTED,
        LineState.DISPUTED,
    ]
    assert between.owed_fen == 400


def test_what_lies_beyond_the_last_tap_waits_for_the_next_one(
    uow: UnitOfWork, demo: House, far: House
) -> None:
    with clock.frozen(NOON):
        between = Between(uow, demo, far)
        between.pours(1, 1, 5000)
        (line,) = between.takes(between.claims(drawn()))
        assert (line.state, between.owed_fen) == (LineState.WAITING, 0)

        clock.advance(timedelta(hours=1))
        between.pours(2, 3, 4600)
        assert claims.look_again(uow, tenant_id="demo") == 1
        drain(uow)

        assert between.lines(line.statement_id)[0].state is LineState.ACCEPTED
        assert (between.worth_fen, between.owed_fen) == (4500, 300)


def test_a_file_that_is_not_theirs_or_not_for_us_is_refused(between: Between) -> None:
    stranger, _ = documents.new_key()
    good = between.claims(drawn()).decode()
    content = documents.opened_claims(good, documents.signer(good))
    with pytest.raises(InvalidError, match="no operator with this key"):
        between.takes(documents.sign(content, stranger).encode())
    with pytest.raises(InvalidError, match="changed on its way"):
        between.takes(good.replace("300", "301").encode())
    elsewhere = Party("00" * 32, "third", "third Ltd")
    with pytest.raises(InvalidError, match="made for third"):
        between.takes(between.claims(drawn(), receiver=elsewhere))
    with pytest.raises(InvalidError, match="a second time"):
        between.takes(between.claims(drawn(), drawn()))
    between.takes(good.encode())
    with pytest.raises(ConflictError, match="another file"):
        between.takes(between.claims(drawn(), statement=content.statement, made_at=NOON))


def test_nothing_is_settled_with_an_operator_before_that_is_agreed(
    between: Between,
) -> None:
    issuers.get(between.uow, tenant_id="demo", issuer_id=OPERATOR).legal_entity = "another Ltd"
    between.uow.session.flush()
    with pytest.raises(ConflictError, match="far Ltd"):
        between.takes(between.claims(drawn()))


def test_what_each_owes_the_other_is_set_off_and_the_rest_is_paid_once(between: Between) -> None:
    between.takes(between.claims(drawn()))
    ledger.post(
        between.uow,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key="dev:A:900",
                kind="pour",
                event_at=clock.now(),
                movement=ledger.Transfer(chart.issuer_due(OPERATOR), chart.WATER, 200),
                content={},
            )
        ],
    )
    with pytest.raises(ConflictError, match="200 fen"):
        claims.set_off(between.uow, tenant_id="demo", issuer_id=OPERATOR, fen=300, actor="cai.wu")
    claims.set_off(between.uow, tenant_id="demo", issuer_id=OPERATOR, fen=200, actor="cai.wu")
    assert claims.account(between.uow, tenant_id="demo", issuer_id=OPERATOR) == (0, 100)
    explained = receipts.explain(between.uow, tenant_id="demo", issuer_id=OPERATOR)
    assert (explained.due_fen, explained.unexplained_fen) == (0, 0)

    for _ in range(2):
        claims.pay(
            between.uow,
            tenant_id="demo",
            issuer_id=OPERATOR,
            fen=100,
            reference="B-1",
            actor="cai.wu",
        )
    assert claims.account(between.uow, tenant_id="demo", issuer_id=OPERATOR) == (0, 0)
    with pytest.raises(InvalidError, match="we owe"):
        claims.pay(
            between.uow,
            tenant_id="demo",
            issuer_id=OPERATOR,
            fen=100,
            reference="B-2",
            actor="cai.wu",
        )
