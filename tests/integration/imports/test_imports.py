"""Old books come in to the fen, once, and go out again as if they had never been there."""

from datetime import timedelta

import pytest

from tapline import audit, cards, clock, imports, ledger, orders, people, policy, tickets
from tapline.errors import ConflictError, DeniedError
from tapline.imports import ImportState, LineState
from tapline.money import Fen
from tapline.orders import booklets
from tests.integration.imports.books import BOOKS, OPENING_FEN, SKU, Desk, workbook


@pytest.mark.req("U24")
def test_a_workbook_opens_the_books_to_the_fen_and_the_report_reads_it_back(desk: Desk) -> None:
    found = desk.applies(desk.sends())

    assert found.state is ImportState.APPLIED
    money = ledger.cards(desk.uow, tenant_id="demo", card_nos=["90000001", "90000002", "90000003"])
    assert [(one.principal_fen, one.bonus_fen) for one in money.values()] == [
        (12345, 1000),
        (5000, 0),
        (30, 0),
    ]
    wang = people.customer_by_phone(desk.uow, tenant_id="demo", phone="13800000001")
    li = people.customer_by_phone(desk.uow, tenant_id="demo", phone="13800000002")
    assert wang is not None
    assert li is not None
    card = cards.get(desk.uow, tenant_id="demo", card_no="90000001")
    assert (card.customer_id, card.opened_fen, card.opened_atc) == (wang.customer_id, 13345, 37)
    deposits = orders.deposits_of(desk.uow, tenant_id="demo", customer_id=wang.customer_id)
    assert (deposits.deposit_fen, deposits.buckets, deposits.covered) == (8500, 3, 3)
    assert (deposits.owed, deposits.returnable_fen) == (0, 0)
    (in_hand,) = booklets.in_hand(desk.uow, tenant_id="demo", customer_id=li.customer_id)
    assert (in_hand.sku, in_hand.free) == (SKU, 12)
    (case,) = tickets.of_customer(desk.uow, tenant_id="demo", customer_id=li.customer_id)
    assert (case.category, case.card_no) == ("balance_wrong", "90000002")
    assert desk.balances()["equity:opening", "CNY.fen"] == -(OPENING_FEN + 12 * 1800)
    assert found.report is not None
    assert found.report["difference_count"] == 0
    assert ["cards", "principal_fen", 17375, 17375] in found.report["figures"]
    assert ["buckets", "buckets", 3, 3] in found.report["figures"]
    assert ["booklets", "tickets", 12, 12] in found.report["figures"]


@pytest.mark.req("U24")
def test_a_dry_run_writes_nothing_but_its_own_lines(desk: Desk) -> None:
    found = desk.sends()
    assert (found.state, found.flaws) == (ImportState.CHECKED, [])
    assert found.totals["cards"] == {"lines": 3, "principal_fen": 17375, "bonus_fen": 1000}
    assert found.total_fen == OPENING_FEN + 12 * 1800
    assert desk.balances() == {}
    assert people.customer_by_phone(desk.uow, tenant_id="demo", phone="13800000001") is None
    assert cards.known(desk.uow, tenant_id="demo", card_nos=["90000001"]) == {}
    assert tickets.listed(desk.uow, tenant_id="demo") == []


@pytest.mark.req("U24")
def test_the_same_file_again_posts_nothing(desk: Desk) -> None:
    first = desk.applies(desk.sends())
    before = ledger.trial(desk.uow, tenant_id="demo")
    again = desk.applies(desk.sends())
    assert ledger.trial(desk.uow, tenant_id="demo") == before
    states = {state for of in imports.counts(desk.uow, found=again).values() for state in of}
    assert states == {LineState.PRESENT}
    assert again.report is not None
    assert first.report is not None
    assert again.report["figures"] == first.report["figures"]
    assert again.report["difference_count"] == 0


@pytest.mark.req("U24")
def test_what_was_there_at_the_dry_run_and_was_undone_since_is_applied(desk: Desk) -> None:
    first = desk.applies(desk.sends())
    held, second = desk.balances(), desk.sends()
    desk.undoes(first)
    assert desk.balances() == {}

    desk.applies(second)

    assert desk.balances() == held
    assert second.report is not None
    assert second.report["difference_count"] == 0
    states = {state for of in imports.counts(desk.uow, found=second).values() for state in of}
    assert states == {LineState.APPLIED}


@pytest.mark.req("U24")
def test_an_import_is_not_applied_while_another_of_its_source_is_undone(desk: Desk) -> None:
    first, second = desk.applies(desk.sends()), desk.sends()
    imports.ask_undo(
        desk.uow, tenant_id="demo", import_id=first.import_id, actor="he.qing", reason="wrong file"
    )
    with pytest.raises(ConflictError, match="undoing"):
        desk.applies(second)

    desk.works(first.import_id)
    desk.applies(second)

    third = desk.sends()
    imports.approve(desk.uow, tenant_id="demo", import_id=third.import_id, actor="zhao.min")
    with pytest.raises(ConflictError, match="applying"):
        desk.undoes(second)


@pytest.mark.req("U24")
def test_the_same_id_with_another_content_is_refused_by_line(desk: Desk) -> None:
    desk.applies(desk.sends())
    before = ledger.trial(desk.uow, tenant_id="demo")
    other = dict(BOOKS, cards=[("90000001", "cpu", "K1", 99, "", "", "")])
    found = desk.sends(workbook(other))
    assert desk.codes(found) == [("水卡", 2, "other_content")]
    assert found.state is ImportState.REFUSED
    assert ledger.trial(desk.uow, tenant_id="demo") == before


@pytest.mark.req("U24")
def test_undone_the_books_hold_what_they_held_before_and_the_file_may_come_again(
    desk: Desk,
) -> None:
    found = desk.undoes(desk.applies(desk.sends()))

    assert found.state is ImportState.UNDONE
    assert desk.balances() == {}
    card = cards.get(desk.uow, tenant_id="demo", card_no="90000001")
    assert card.state is cards.CardState.CLOSED
    wang = people.customer_by_phone(desk.uow, tenant_id="demo", phone="13800000001")
    assert wang is not None
    deposits = orders.deposits_of(desk.uow, tenant_id="demo", customer_id=wang.customer_id)
    assert (deposits.deposit_fen, deposits.buckets, deposits.covered) == (0, 0, 0)
    (case,) = tickets.listed(desk.uow, tenant_id="demo", states=[tickets.TicketState.CLOSED])
    assert case.outcome is tickets.Outcome.CANCELLED

    mended = dict(BOOKS, cards=[("90000001", "cpu", "K1", 99, "", "", "")])
    again = desk.applies(desk.sends(workbook(mended)))
    assert again.report is not None
    assert again.report["difference_count"] == 0
    card = cards.get(desk.uow, tenant_id="demo", card_no="90000001")
    assert (card.state, card.opened_fen, card.opened_atc) == (cards.CardState.ACTIVE, 9900, None)
    assert ledger.verify(desk.uow, tenant_id="demo").differences == ()


@pytest.mark.req("U24")
def test_what_was_drawn_on_stands_in_the_way_of_undoing_and_is_named(desk: Desk) -> None:
    found = desk.applies(desk.sends())
    pour = ledger.Command(
        key="dev:WD-1:1",
        kind="pour",
        event_at=found.uploaded_at,
        movement=ledger.Pour("90000002", 100),
        content="pour",
    )
    ledger.post(desk.uow, tenant_id="demo", commands=[pour])
    cards.report_lost(desk.uow, tenant_id="demo", card_no="90000003", actor="agent", reason="lost")
    (case,) = tickets.listed(desk.uow, tenant_id="demo")
    tickets.report(
        desk.uow,
        tenant_id="demo",
        category=case.category,
        about=tickets.About(customer_id=case.customer_id),
        actor=f"customer:{case.customer_id}",
        words="再问一次",
        subject=case.subject,
    )
    in_the_way = imports.in_the_way(desk.uow, found=found)
    assert [(one.sheet, one.external_id, why) for one, why in in_the_way] == [
        ("cards", "90000002", "moved"),
        ("cards", "90000003", "card_in_use"),
        ("cases", "G1", "case_in_work"),
    ]
    before = desk.balances()
    with pytest.raises(ConflictError, match="90000002"):
        desk.undoes(found)
    assert (found.state, desk.balances()) == (ImportState.APPLIED, before)


@pytest.mark.req("U24")
def test_much_money_takes_two_people_to_apply_and_to_undo(desk: Desk) -> None:
    policy.publish(
        desk.uow,
        tenant_id="demo",
        changes={"import_alone_fen_max": 1000},
        actor="root",
        reason="careful",
    )
    found = desk.sends()
    with pytest.raises(DeniedError, match="second person"):
        desk.applies(found, actor=found.uploaded_by)
    assert desk.balances() == {}
    desk.applies(found, actor="zhao.min")

    assert desk.undoes(found).state is ImportState.UNDO_ASKED
    with pytest.raises(DeniedError, match="second person"):
        desk.agrees(found, "he.qing")
    left = imports.leave(desk.uow, tenant_id="demo", import_id=found.import_id, actor="zhao.min")
    assert left.state is ImportState.APPLIED
    desk.undoes(left)
    undone = desk.agrees(found, "zhao.min")
    assert (undone.state, desk.balances()) == (ImportState.UNDONE, {})
    trail = audit.about(desk.uow, tenant_id="demo", subject=f"import:{found.import_id}")
    assert [(one.action, one.actor) for one in reversed(trail)] == [
        ("import.upload", "he.qing"),
        ("import.approve", "zhao.min"),
        ("import.apply", "zhao.min"),
        ("import.undo_ask", "he.qing"),
        ("import.undo_leave", "zhao.min"),
        ("import.undo_ask", "he.qing"),
        ("import.undo", "zhao.min"),
        ("import.undone", "zhao.min"),
    ]


@pytest.mark.req("U24")
def test_what_became_impossible_since_the_dry_run_is_left_out_and_the_report_says_so(
    desk: Desk,
) -> None:
    found = desk.sends()
    cards.issue(
        desk.uow,
        tenant_id="demo",
        card_no="90000002",
        kind=cards.CardKind.ID,
        balance_fen=Fen(0),
    )
    desk.applies(found)
    assert found.report is not None
    (told,) = [one for one in found.report["differences"] if one[3] == "principal_fen"]
    assert told == ["cards", 3, "90000002", "principal_fen", 5000, 0, "card_ours"]
    assert ledger.card(desk.uow, tenant_id="demo", card_no="90000001").principal_fen == 12345
    (failed,) = imports.obstructed(desk.uow, found=found)
    assert (failed.external_id, failed.state) == ("90000002", LineState.FAILED)


@pytest.mark.req("U24")
def test_what_waits_for_nobody_is_erased(desk: Desk) -> None:
    found = desk.sends()
    with clock.frozen(clock.now() + timedelta(days=15)):
        imports.forget_waiting(desk.uow, tenant_id="demo")
    assert found.state is ImportState.DROPPED
    assert imports.counts(desk.uow, found=found) == {}


@pytest.mark.req("U24")
def test_empties_brought_back_free_the_deposits_that_came_along(desk: Desk) -> None:
    desk.applies(desk.sends())
    wang = people.customer_by_phone(desk.uow, tenant_id="demo", phone="13800000001")
    assert wang is not None
    staff, _ = people.create_staff(
        desk.uow, tenant_id="demo", login="kd", name="快递", role=people.Role.COURIER
    )
    orders.take_back(
        desk.uow,
        tenant_id="demo",
        customer_id=wang.customer_id,
        buckets=2,
        staff=staff,
        request_key="r1",
    )
    deposits = orders.deposits_of(desk.uow, tenant_id="demo", customer_id=wang.customer_id)
    assert (deposits.buckets, deposits.returnable_fen) == (1, 6000)
