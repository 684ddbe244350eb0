"""Where no chain can tell a person decides, above a limit two; what comes later is asked anew."""

import pytest

from tapline import people, reconciliation
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.people import Role
from tapline.reconciliation import DecisionState, sentences
from tapline.uow import UnitOfWork
from tests.integration.reconciliation.deciding import Desk


@pytest.fixture
def desk(uow: UnitOfWork) -> Desk:
    return Desk(uow)


@pytest.fixture
def conflict(desk: Desk) -> Desk:
    """Record 2 says 1.00 yuan, and 9.00."""
    desk.arrives(
        desk.pour(1, 1, 50_000), desk.pour(2, 2, 49_900), desk.pour(2, 2, 49_900, amt_fen=900)
    )
    assert desk.money() == (49_900, 100)
    return desk


@pytest.mark.req("C2")
def test_the_content_that_a_person_believes_is_charged_and_the_finding_says_who_decided(
    conflict: Desk,
) -> None:
    decision = conflict.decides("D05", conflict.named("D05", 900))

    assert decision.state is DecisionState.STANDS
    assert conflict.money() == (49_000, 0)
    finding = conflict.finding("D05")
    assert (finding.needs_person, finding.facts["by_person"]) == (False, True)
    assert "人工判定 9.00 元" in sentences.plain(finding, "zh_CN")
    (told,) = reconciliation.decisions_of(
        conflict.uow, tenant_id="demo", finding_id=finding.finding_id
    )
    assert (told.decided_by, told.reason) == ("agent", "监控录像")


def test_where_neither_is_true_nobody_pays_and_nothing_rests(conflict: Desk) -> None:
    conflict.decides("D05", "none")
    assert conflict.money() == (49_900, 0)


@pytest.mark.req("C2")
def test_a_later_decision_undoes_an_earlier_one(conflict: Desk) -> None:
    first = conflict.decides("D05", conflict.named("D05", 900))
    conflict.decides("D05", conflict.named("D05", 100))
    assert conflict.money() == (49_800, 0)
    assert first.state is DecisionState.OVERTAKEN

    conflict.decides("D05", "open")
    assert conflict.money() == (49_900, 100)
    assert conflict.finding("D05").needs_person


def test_a_story_that_nobody_had_seen_asks_for_a_decision_again(conflict: Desk) -> None:
    conflict.decides("D05", conflict.named("D05", 900))
    conflict.arrives(conflict.pour(2, 2, 49_900, amt_fen=500))

    assert conflict.money() == (49_900, 100)
    assert conflict.finding("D05").needs_person


def test_what_the_chain_proves_later_stands_above_what_was_believed(conflict: Desk) -> None:
    conflict.decides("D05", conflict.named("D05", 900))
    conflict.arrives(conflict.pour(3, 3, 49_800))

    assert conflict.money() == (49_700, 0)
    assert "by_person" not in conflict.finding("D05").facts


@pytest.mark.req("C2")
def test_above_the_limit_a_second_person_confirms_and_nobody_confirms_his_own(desk: Desk) -> None:
    desk.arrives(
        desk.pour(1, 1, 50_000),
        desk.pour(2, 2, 49_900),
        desk.pour(2, 2, 49_900, amt_fen=20_000),
    )
    waiting = desk.decides("D05", desk.named("D05", 20_000), "boss")
    assert waiting.state is DecisionState.PROPOSED
    assert desk.money() == (49_900, 100)

    with pytest.raises(DeniedError):
        reconciliation.confirm_decision(
            desk.uow,
            tenant_id="demo",
            decision_id=waiting.decision_id,
            staff=desk.staff["boss"],
        )
    with pytest.raises(ConflictError, match="waits for a second person"):
        desk.decides("D05", "none")
    reconciliation.refuse_decision(
        desk.uow,
        tenant_id="demo",
        decision_id=waiting.decision_id,
        reason="看不清",
        staff=people.create_staff(
            desk.uow, tenant_id="demo", login="second", name="二", role=Role.SUPERVISOR
        )[0],
    )
    again = desk.decides("D05", desk.named("D05", 20_000))
    reconciliation.confirm_decision(
        desk.uow, tenant_id="demo", decision_id=again.decision_id, staff=desk.staff["boss"]
    )
    assert desk.money() == (29_900, 0)


@pytest.fixture
def copied(desk: Desk) -> Desk:
    """Two operations at count 2, and nothing that says whose is whose."""
    desk.arrives(
        desk.pour(1, 1, 50_000),
        desk.pour(2, 2, 49_900),
        desk.pour(1, 2, 49_900, device="B", amt_fen=300),
    )
    assert desk.money() == (49_900, 400)
    return desk


@pytest.mark.req("C2")
def test_of_two_operations_at_one_count_the_cards_own_is_charged_and_the_other_was_never_its(
    copied: Desk,
) -> None:
    copied.decides("D09", copied.named("D09", 300))
    assert copied.money() == (49_600, 0)
    assert not copied.finding("D09").needs_person

    copied.decides("D09", "none")
    assert copied.money() == (49_900, 0)
    copied.decides("D09", "open")
    assert copied.money() == (49_900, 400)


@pytest.mark.parametrize(
    ("choice", "who", "error"),
    [
        ("nonsense", "agent", InvalidError),
        ("none", "finance", DeniedError),
    ],
)
def test_what_cannot_be_chosen_moves_nothing(
    conflict: Desk, choice: str, who: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        conflict.decides("D05", choice, who)
    assert conflict.money() == (49_900, 100)


def test_what_was_found_otherwise_is_not_decided_so(desk: Desk) -> None:
    desk.arrives(desk.pour(1, 1, 50_000, ml=0, pulses=0, status="no_flow"))
    with pytest.raises(ConflictError, match="nothing to decide"):
        desk.decides("D01", "none")
