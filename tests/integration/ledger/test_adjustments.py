"""Posting by hand: alone up to a limit, by two above it, never beyond what an account has."""

from uuid import UUID

import pytest

from tapline import audit, ledger, policy, tenants
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.ledger import AdjustmentState, chart
from tapline.uow import UnitOfWork

from .commands import CARD, NOW, place, post, split

LIMIT_FEN = 10_000
WATER, GOODWILL = chart.WATER.code, chart.GOODWILL.code
LOAD = chart.card(CARD).pending_load.code


@pytest.fixture(autouse=True)
def _opened(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 50_000, chart.cash("station-1")), ledger.Pour(CARD, 1000))
    post(uow, ledger.Correct(CARD, 300))


def adjust(
    uow: UnitOfWork,
    amount: int = 500,
    *,
    debit: str = GOODWILL,
    credit: str = LOAD,
    actor: str = "cai.wu",
    unit: str = chart.FEN,
    reason: str = "water was warm for a week",
    evidence: str = "ticket 17",
    adjustment_id: UUID | None = None,
) -> ledger.Adjustment:
    return ledger.adjust(
        uow,
        tenant_id="demo",
        actor=actor,
        debit=debit,
        credit=credit,
        amount=amount,
        unit=unit,
        reason=reason,
        evidence=evidence,
        adjustment_id=adjustment_id,
    )


def approve(uow: UnitOfWork, proposed: ledger.Adjustment, actor: str) -> ledger.Adjustment:
    return ledger.approve(uow, tenant_id="demo", adjustment_id=proposed.adjustment_id, actor=actor)


def reject(
    uow: UnitOfWork, proposed: ledger.Adjustment, actor: str, reason: str = "no"
) -> ledger.Adjustment:
    return ledger.reject(
        uow,
        tenant_id="demo",
        adjustment_id=proposed.adjustment_id,
        actor=actor,
        reason=reason,
    )


def trial(uow: UnitOfWork) -> object:
    return ledger.trial(uow, tenant_id="demo")


def test_one_person_posts_a_small_adjustment_and_the_trail_says_so(uow: UnitOfWork) -> None:
    posted = adjust(uow)

    assert posted.state is AdjustmentState.POSTED
    assert split(uow) == (49_000, 0, 800, 0)
    (entry,) = audit.about(uow, tenant_id="demo", subject=f"adjustment:{posted.adjustment_id}")[:1]
    assert (entry.actor, entry.action) == ("cai.wu", "adjustment.posted")
    journal = ledger.journal_of(uow, tenant_id="demo", key=posted.key)
    assert [(one.account.code, one.side, one.amount) for one in journal.lines] == [
        (GOODWILL, "D", 500),
        (LOAD, "C", 500),
    ]


def test_above_the_limit_a_second_person_decides(uow: UnitOfWork) -> None:
    proposed = adjust(uow, LIMIT_FEN + 1)
    assert proposed.state is AdjustmentState.PROPOSED
    assert split(uow) == (49_000, 0, 300, 0)

    with pytest.raises(DeniedError, match="second person"):
        approve(uow, proposed, "cai.wu")
    with pytest.raises(DeniedError, match="second person"):
        reject(uow, proposed, "cai.wu")
    approved = approve(uow, proposed, "he.qing")

    assert (approved.state, approved.decided_by) == (AdjustmentState.POSTED, "he.qing")
    assert split(uow) == (49_000, 0, 300 + LIMIT_FEN + 1, 0)
    with pytest.raises(ConflictError, match="was posted by"):
        reject(uow, proposed, "he.qing")


def test_the_limit_is_the_operators_policy(uow: UnitOfWork) -> None:
    tenants.create(uow, tenant_id="demo", name="清源直饮水", legal_entity="清源饮水服务有限公司")
    policy.publish(
        uow,
        tenant_id="demo",
        changes={"adjustment_alone_fen_max": 0},
        actor="admin",
        reason="always two",
    )

    assert adjust(uow, 1).state is AdjustmentState.PROPOSED


def test_what_is_not_decided_can_be_rejected_or_withdrawn(uow: UnitOfWork) -> None:
    one, other = adjust(uow, LIMIT_FEN + 1), adjust(uow, LIMIT_FEN + 2)
    with pytest.raises(ConflictError, match="only whoever proposed"):
        ledger.withdraw(uow, tenant_id="demo", adjustment_id=other.adjustment_id, actor="he.qing")
    with pytest.raises(InvalidError, match="say why"):
        reject(uow, one, "he.qing", " ")
    reject(uow, one, "he.qing", "twice")
    ledger.withdraw(uow, tenant_id="demo", adjustment_id=other.adjustment_id, actor="cai.wu")

    found = ledger.adjustments(uow, tenant_id="demo")
    assert {one.state for one in found} == {AdjustmentState.REJECTED, AdjustmentState.WITHDRAWN}
    assert ledger.adjustments(uow, tenant_id="other") == []
    with pytest.raises(NotFoundError):
        ledger.adjustment(uow, tenant_id="other", adjustment_id=one.adjustment_id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"amount": -500},
        {"amount": 10**15},
        {"debit": LOAD},
        {"debit": "exp:godwill"},
        {"credit": "card:99999999:principal"},
        {"unit": "BUCKET"},
        {"reason": "  "},
        {"evidence": ""},
    ],
)
def test_bad_input_is_refused_with_nothing_written(uow: UnitOfWork, wrong: dict[str, str]) -> None:
    before = trial(uow)

    with pytest.raises(InvalidError):
        adjust(uow, **wrong)  # type: ignore[arg-type]

    assert trial(uow) == before
    assert ledger.adjustments(uow, tenant_id="demo") == []


@pytest.mark.parametrize("amount", [301, LIMIT_FEN + 1])
def test_no_adjustment_takes_what_an_account_does_not_have(uow: UnitOfWork, amount: int) -> None:
    """Not even to be proposed: a second person would approve what cannot be."""
    before = trial(uow)

    with pytest.raises(ledger.InsufficientError), uow.attempt():
        adjust(uow, amount, debit=LOAD, credit=WATER)

    assert trial(uow) == before
    assert ledger.adjustments(uow, tenant_id="demo") == []


def test_a_form_sent_twice_posts_once(uow: UnitOfWork) -> None:
    sent = new_id()
    first, second = adjust(uow, adjustment_id=sent), adjust(uow, adjustment_id=sent)

    assert first is second
    assert split(uow) == (49_000, 0, 800, 0)
    with pytest.raises(ConflictError, match="reload the form"):
        adjust(uow, 501, adjustment_id=sent)


def reverse(uow: UnitOfWork, key: str, actor: str = "cai.wu") -> ledger.Adjustment:
    return ledger.reverse(
        uow, tenant_id="demo", actor=actor, key=key, reason="entered twice", evidence="till roll"
    )


def test_a_journal_is_taken_back_once(uow: UnitOfWork) -> None:
    place(uow, "cash:17", ledger.Credit(CARD, 2000, chart.cash("station-1")))

    taken = reverse(uow, "cash:17")

    assert (taken.state, taken.amount) == (AdjustmentState.POSTED, 2000)
    assert split(uow) == (49_000, 0, 300, 0)
    journal = ledger.journal_of(uow, tenant_id="demo", key="cash:17")
    assert journal.reversed_by is not None
    assert (
        ledger.journal(uow, tenant_id="demo", journal_id=journal.reversed_by).key == "rev:cash:17"
    )
    with pytest.raises(ConflictError, match="taken back before"):
        reverse(uow, "cash:17")
    with pytest.raises(ConflictError, match="is a reversal"):
        reverse(uow, "rev:cash:17")
    assert ledger.verify(uow, tenant_id="demo").ok


def test_a_reversal_is_counted_to_the_matter_of_its_journal(uow: UnitOfWork) -> None:
    """So that a clearing account comes to nothing by subject, not only in sum."""
    banked = ledger.Command(
        key="bill:1",
        kind="test",
        event_at=NOW,
        movement=ledger.Transfer(chart.psp("wechat"), chart.BANK, 700),
        content="",
        source={"subject": "payment:7"},
    )
    ledger.post(uow, tenant_id="demo", commands=[banked])
    reverse(uow, "bill:1")

    assert ledger.explain(uow, tenant_id="demo", code="psp:wechat") == []


def test_holds_and_what_machines_reported_are_undone_in_their_own_way(uow: UnitOfWork) -> None:
    place(uow, "auth:1", ledger.Authorise(CARD, 10))
    place(uow, "auth:1:void", ledger.Void("auth:1"))
    place(uow, "dev:WD-1:1", ledger.Pour(CARD, 10))

    for key in ("auth:1", "auth:1:void"):
        with pytest.raises(ConflictError, match="hold"):
            reverse(uow, key)
    with pytest.raises(ConflictError, match="finding"):
        reverse(uow, "dev:WD-1:1")
    with pytest.raises(NotFoundError, match="nothing was posted"):
        reverse(uow, "dev:WD-1:2")


def test_a_large_reversal_waits_for_a_second_person(uow: UnitOfWork) -> None:
    place(uow, "cash:18", ledger.Credit(CARD, LIMIT_FEN + 1, chart.cash("station-1")))
    proposed = reverse(uow, "cash:18")
    assert proposed.state is AdjustmentState.PROPOSED

    approve(uow, proposed, "he.qing")

    assert split(uow) == (49_000, 0, 300, 0)
