"""Our own records stand above what another operator says, whichever comes first: a card pays once,
and what was accepted wrongly is taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tapline import cards, clock, people, reconciliation, refunds
from tapline.cards.abroad import OVERTURNED, LineState
from tapline.people import Role
from tapline.refunds import Reason, RefundKind, RefundState
from tapline.sharing.documents import ClaimedCorrection
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.sharing.between import LONG, NOON, OURS, Late, drawn
from tests.integration.sharing.houses import House


@pytest.fixture
def late(uow: UnitOfWork, demo: House, far: House) -> Any:
    with clock.frozen(NOON):
        yield Late(uow, demo, far)


def in_both_orders(first: bool, one: Callable[[], Any], other: Callable[[], Any]) -> None:
    for step in (one, other) if first else (other, one):
        step()


@pytest.mark.parametrize("claim_first", [True, False])
def test_a_late_record_at_the_claimed_count_is_paid_once_whichever_comes_first(
    late: Late, claim_first: bool
) -> None:
    document = late.claims(drawn())
    in_both_orders(
        claim_first,
        lambda: late.takes(document),
        lambda: late.uploads(atc=2, before_fen=4900),
    )
    late.waits_out()

    assert (late.worth_fen, late.owed_fen, late.codes()) == (4500, 0, set())
    (line,) = late.takes(document)
    assert line.state is LineState.DISPUTED
    assert line.reason == (OVERTURNED if claim_first else "counter_taken")
    assert late.verified()


@pytest.mark.parametrize("claim_first", [True, False])
def test_a_late_record_beside_a_claim_shows_that_its_balances_were_wrong(
    uow: UnitOfWork, demo: House, far: House, claim_first: bool
) -> None:
    with clock.frozen(NOON):
        late = Late(uow, demo, far, upto=6)
        document = late.claims(drawn(3, 4890, 90))
        in_both_orders(
            claim_first,
            lambda: late.takes(document),
            lambda: late.uploads(atc=2, before_fen=4900, amt_fen=200),
        )
        assert late.takes(document)[0].state is LineState.DISPUTED
        assert (late.worth_fen, late.owed_fen) == (4600, 0)
        assert "D09" not in late.codes(), "nobody's card is blocked on another's word"


@pytest.mark.parametrize("water", [{"ml": 0, "pulses": 0}, {"ml": 4500, "pulses": 2025}])
@pytest.mark.parametrize("claim_first", [True, False])
def test_a_torn_debit_here_and_the_same_amount_there_are_paid_once(
    late: Late, claim_first: bool, water: dict[str, int]
) -> None:
    document = late.claims(drawn())
    torn: dict[str, Any] = {
        "before_fen": 4900,
        "bal_after_fen": None,
        "status": "torn",
        "ml_req": 4500,
    }
    in_both_orders(
        claim_first,
        lambda: late.takes(document),
        lambda: late.uploads(atc=None, **torn | water),
    )
    late.waits_out()

    assert (late.worth_fen, late.owed_fen) == (4500, 300)
    (found,) = reconciliation.listed(late.uow, tenant_id="demo", codes=["D12"])
    assert (found.facts["verdict"], found.needs_person) == ("void", True)
    assert late.verified()


def test_what_was_taken_back_may_be_claimed_again_once_our_records_give_way(late: Late) -> None:
    late.takes(late.claims(drawn()))
    late.uploads(atc=2, before_fen=4900)
    late.uploads(seq=2, atc=2, before_fen=4900)
    (doubtful,) = reconciliation.listed(late.uow, tenant_id="demo", codes=["D09"])
    boss, _ = people.create_staff(
        late.uow, tenant_id="demo", login="boss", name="boss", role=Role.SUPERVISOR
    )
    reconciliation.decide(
        late.uow,
        tenant_id="demo",
        finding_id=doubtful.finding_id,
        choice="none",
        reason="监控录像",
        staff=boss,
    )
    drain(late.uow)
    assert (late.worth_fen, late.owed_fen) == (4800, 0)

    (line,) = late.takes(late.claims(drawn()))
    assert line.state is LineState.ACCEPTED
    assert (late.worth_fen, late.owed_fen) == (4500, 300)
    assert late.verified()


def test_what_was_corrected_is_taken_back_less_its_correction(late: Late) -> None:
    document = late.claims(drawn())
    (line,) = late.takes(document)
    less = ClaimedCorrection(line.statement_id, line.device, line.seq, 1, -100, clock.now())
    late.takes(late.claims(corrections=[less]))
    assert (late.worth_fen, late.owed_fen) == (4600, 200)

    late.uploads(atc=2, before_fen=4900)
    late.waits_out()
    assert (late.worth_fen, late.owed_fen) == (4500, 0)
    late.takes(late.claims(corrections=[less]))
    assert (late.worth_fen, late.owed_fen) == (4500, 0)
    assert late.verified()


@pytest.mark.parametrize("settled", [False, True])
def test_what_a_closed_card_drew_abroad_before_its_end_is_written_off(
    uow: UnitOfWork, demo: House, far: House, settled: bool
) -> None:
    with clock.frozen(NOON):
        late, holder = Late(uow, demo, far), demo.customer
        cards.assign(uow, tenant_id="demo", card_no=OURS, customer_id=holder.customer_id)
        clock.advance(LONG)
        refund = refunds.request(
            uow,
            tenant_id="demo",
            kind=RefundKind.CARD_CLOSE,
            customer_id=holder.customer_id,
            card_no=OURS,
            reason=Reason.NOT_NEEDED,
            actor=f"customer:{holder.customer_id}",
        )
        drain(uow)
        boss, _ = people.create_staff(
            uow, tenant_id="demo", login="boss", name="boss", role=Role.SUPERVISOR
        )
        clock.advance(timedelta(days=200))
        refunds.advance(uow, tenant_id="demo", refund_id=refund.refund_id)
        drain(uow)
        refund = refunds.get(uow, tenant_id="demo", refund_id=refund.refund_id)
        if refund.state is RefundState.REVIEW:
            refunds.decide(
                uow,
                tenant_id="demo",
                refund_id=refund.refund_id,
                approve=True,
                amount_fen=refund.amount_fen,
                staff=boss,
                reason="ok",
            )
            drain(uow)
        if settled:
            refund.state = RefundState.SETTLED
            uow.session.flush()
        (line,) = late.takes(late.claims(drawn()))

        assert line.state is LineState.ACCEPTED
        assert (late.worth_fen, late.owed_fen) == (0, 300)
        assert late.verified()
