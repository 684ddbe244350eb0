"""Money back for pours: by machine inside limits, else by a person, and once."""

import threading

import pytest
from sqlalchemy import select

from tapline import audit, cards, clock, ledger, people, policy, reconciliation, refunds, tickets
from tapline.cards.facts import FactIn, ingest
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.notices import Notice
from tapline.reconciliation import Resolution
from tapline.refunds import RefundState
from tapline.uow import Database, UnitOfWork
from tests import factories
from tests.integration.consequences import drain

CARD = "88001234"


@pytest.fixture
def desk(uow: UnitOfWork) -> UnitOfWork:
    prepare(uow)
    return uow


def prepare(uow: UnitOfWork) -> None:
    """A tenant with a machine, and a card with 200.00 yuan."""
    factories.tenant(uow)
    factories.device(uow, "A")
    factories.card(uow, CARD, 20_000)


def dry(seq: int, amt_fen: int = 100, card_no: str = CARD, **changes: object) -> FactIn:
    return factories.fact(
        "A",
        seq,
        card_no,
        atc=seq,
        before_fen=20_100 - 100 * seq,
        amt_fen=amt_fen,
        **{"ml": 0, "pulses": 0, "status": "no_flow"} | changes,
    )


def arrive(uow: UnitOfWork, *facts: FactIn) -> None:
    ingest(uow, tenant_id="demo", facts=facts)
    drain(uow)


def agent(uow: UnitOfWork) -> people.Staff:
    return people.create_staff(
        uow, tenant_id="demo", login="wang", name="王芳", role=people.Role.SUPERVISOR
    )[0]


def refund_of(uow: UnitOfWork, seq: int) -> refunds.Refund:
    refund = refunds.of_pour(uow, tenant_id="demo", device_id="A", seq=seq)
    assert refund is not None
    return refund


def balance_fen(uow: UnitOfWork) -> int:
    return ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen


def resolutions(uow: UnitOfWork, seq: int) -> set[Resolution]:
    found = reconciliation.of_fact(uow, tenant_id="demo", device_id="A", seq=seq)
    return {finding.resolution for finding in found}


def test_told_any_number_of_times_money_goes_back_once(desk: UnitOfWork) -> None:
    arrive(desk, dry(1))
    for _ in range(3):
        refunds.settle_pour(desk, tenant_id="demo", device_id="A", seq=1)
    assert balance_fen(desk) == 20_000
    refund = refund_of(desk, 1)
    steps = refunds.timeline(desk, tenant_id="demo", refund_id=refund.refund_id)
    assert [step.change_fen for step in steps] == [100]


def test_the_holder_is_told_what_was_found_and_where_the_money_is(desk: UnitOfWork) -> None:
    holder = people.create_customer(desk, tenant_id="demo", phone="13800138000", name="李敏")
    cards.assign(desk, tenant_id="demo", card_no=CARD, customer_id=holder.customer_id)

    arrive(desk, dry(1))
    refunds.settle_pour(desk, tenant_id="demo", device_id="A", seq=1)
    drain(desk)

    (notice,) = desk.session.scalars(select(Notice))
    assert notice.recipient == "13800138000"
    assert "没有出水" in notice.text
    assert "退还 1.00 元，下次在任意一台机器刷卡时写入卡内" in notice.text


def test_more_than_a_machine_may_give_waits_for_a_person(desk: UnitOfWork) -> None:
    arrive(desk, dry(1, 5000))
    assert balance_fen(desk) == 15_000
    assert refund_of(desk, 1).state is RefundState.REVIEW
    assert resolutions(desk, 1) == {Resolution.TICKET}
    (ticket,) = tickets.listed(desk, tenant_id="demo")
    assert ticket.category == "refund_review"


def test_the_fourth_time_in_thirty_days_waits_for_a_person(desk: UnitOfWork) -> None:
    arrive(desk, *(dry(seq, moment=None) for seq in range(1, 5)))
    states = [refund_of(desk, seq).state for seq in range(1, 5)]
    assert states == [RefundState.SETTLED] * 3 + [RefundState.REVIEW]
    assert balance_fen(desk) == 20_000 - 100


def test_a_device_that_gives_too_much_back_in_a_day_is_stopped(desk: UnitOfWork) -> None:
    policy.publish(
        desk,
        tenant_id="demo",
        changes={"automatic_per_device_day_fen_max": 250, "automatic_per_card_30d_max": 99},
        actor="test",
        reason="a small limit",
    )
    with clock.frozen(factories.START):
        arrive(desk, *(dry(seq, moment=None) for seq in range(1, 4)))
    assert [refund_of(desk, seq).reason for seq in range(1, 4)] == ["D01", "D01", "device"]


def test_what_a_person_approves_is_paid_and_stays_the_persons_word(desk: UnitOfWork) -> None:
    arrive(desk, dry(1, 5000))
    refund = refund_of(desk, 1)
    staff = agent(desk)
    refunds.decide(
        desk,
        tenant_id="demo",
        refund_id=refund.refund_id,
        approve=True,
        amount_fen=5000,
        staff=staff,
        reason="传感器记录清楚",
    )
    assert (refund.state, refund.automatic, balance_fen(desk)) == (
        RefundState.SETTLED,
        False,
        20_000,
    )
    assert resolutions(desk, 1) == {Resolution.TICKET}
    (exported,) = refunds.export_refunds(desk)
    assert exported.taken_fen == -5000
    (act,) = audit.about(desk, tenant_id="demo", subject=f"refund:{refund.refund_id}")
    assert (act.actor, act.action) == ("wang", "refund.approve")


def test_a_rejection_says_why_and_pays_nothing(desk: UnitOfWork) -> None:
    arrive(desk, dry(1, 5000))
    refund, staff = refund_of(desk, 1), agent(desk)

    def reject(reason: str) -> None:
        refunds.decide(
            desk,
            tenant_id="demo",
            refund_id=refund.refund_id,
            approve=False,
            amount_fen=5000,
            staff=staff,
            reason=reason,
        )

    with pytest.raises(InvalidError, match="say why"):
        reject(" ")
    reject("水表与现场照片不符")
    refunds.settle_pour(desk, tenant_id="demo", device_id="A", seq=1)
    assert (refund.state, balance_fen(desk)) == (RefundState.REJECTED, 15_000)
    with pytest.raises(ConflictError, match="nothing to decide"):
        reject("again")


def test_a_decision_about_another_amount_is_refused(desk: UnitOfWork) -> None:
    arrive(desk, dry(1, 5000))
    with pytest.raises(ConflictError, match="has changed"):
        refunds.decide(
            desk,
            tenant_id="demo",
            refund_id=refund_of(desk, 1).refund_id,
            approve=True,
            amount_fen=4999,
            staff=agent(desk),
            reason="",
        )
    assert balance_fen(desk) == 15_000


def test_another_tenant_cannot_see_or_decide_it(desk: UnitOfWork) -> None:
    factories.tenant(desk, "other")
    arrive(desk, dry(1, 5000))
    refund_id = refund_of(desk, 1).refund_id
    assert not refunds.listed(desk, tenant_id="other")
    with pytest.raises(NotFoundError):
        refunds.get(desk, tenant_id="other", refund_id=refund_id)
    with pytest.raises(NotFoundError):
        refunds.timeline(desk, tenant_id="other", refund_id=refund_id)


def test_workers_racing_for_one_card_stay_inside_its_limit(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        prepare(uow)
        ingest(uow, tenant_id="demo", facts=[dry(seq, moment=None) for seq in range(1, 9)])
        reconciliation.reconcile_cards(uow, tenant_id="demo", cards=[CARD])
    failures: list[BaseException] = []

    def work(seqs: range) -> None:
        try:
            for seq in seqs:
                with fresh_database.transaction() as uow:
                    refunds.settle_pour(uow, tenant_id="demo", device_id="A", seq=seq)
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(range(1, 9),)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    with fresh_database.transaction() as uow:
        assert balance_fen(uow) == 20_000 - 800 + 300
        assert len(refunds.listed(uow, tenant_id="demo", state=RefundState.REVIEW)) == 5
