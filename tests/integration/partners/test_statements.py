"""A month with a partner: what is charged, what is only listed, what is owed the other way."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, ledger, partners, policy, tickets
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.partners import Answer, LineKind, Partner, Standing
from tapline.people import Role, Scope
from tapline.reconciliation import Finding
from tapline.tickets import Outcome, work_orders
from tests.integration.partners.cast import CARD, DECEMBER, Cast, later, staff

NOVEMBER = date(2026, 11, 1)


def agreed_to(cast: Cast, seq: int = 1) -> Finding:
    """A charge without water that the property answers for, and has agreed to."""
    finding = cast.dry_by_power_cut(seq)
    partners.agree(cast.uow, scope=cast.own, finding_id=finding.finding_id, staff=cast.wu)
    return finding


def month_over() -> None:
    later(seconds=(DECEMBER - clock.now()).total_seconds())


def draft(cast: Cast, partner: Partner | None = None, month: date = NOVEMBER) -> partners.Draft:
    return partners.draft(
        cast.uow,
        tenant_id="demo",
        partner_id=(partner or cast.estate).partner_id,
        month=month,
    )


def lines(found: partners.Draft | partners.Issued) -> list[tuple[LineKind, int]]:
    return [(line.kind, line.amount_fen) for line in found.lines]


def issued(cast: Cast, partner: Partner | None = None, month: date = NOVEMBER) -> partners.Issued:
    partners.accrue_shares(cast.uow, tenant_id="demo")
    statement = partners.issue(
        cast.uow,
        tenant_id="demo",
        partner_id=(partner or cast.estate).partner_id,
        month=month,
        total_fen=draft(cast, partner, month).total_fen,
        staff=cast.cai,
    )
    return read(cast, statement.statement_id)


def read(cast: Cast, statement_id: UUID) -> partners.Issued:
    return partners.issued(cast.uow, scope=Scope("demo"), statement_id=statement_id)


def said(cast: Cast, found: partners.Issued, answer: Answer, who: str, words: str = "") -> None:
    partners.answer_line(
        cast.uow,
        scope=cast.own if who == "wu" else Scope("demo"),
        statement_id=found.statement.statement_id,
        line=1,
        said=answer,
        staff=getattr(cast, who),
        words=words,
    )


def settle(cast: Cast, found: partners.Issued, who: str = "qian") -> None:
    partners.settle(
        cast.uow,
        tenant_id="demo",
        statement_id=found.statement.statement_id,
        bank_reference="ICBC 20261203-0001",
        staff=getattr(cast, who),
    )


@pytest.mark.req("U28", "C20")
def test_what_was_agreed_to_is_charged_and_what_nobody_decided_is_only_listed(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    agreed_to(cast, 1)
    silent = cast.dry_by_power_cut(2)
    later(days=5)
    partners.sweep_unanswered(cast.uow, tenant_id="demo")

    found = draft(cast)

    assert lines(found) == [(LineKind.CHARGEBACK, 100)]
    assert [(f.finding_id, r.standing, fen) for r, f, fen in found.undecided] == [
        (silent.finding_id, Standing.UNANSWERED, 100)
    ]
    assert CARD not in repr(found.lines)


@pytest.mark.req("U28", "C44")
def test_an_issued_statement_posts_its_lines_names_both_legal_entities_and_is_settled_by_another(
    cast: Cast,
) -> None:
    cast.agreed()
    agreed_to(cast, 1)
    cast.pours(2, amt_fen=1000)
    month_over()

    found = issued(cast)

    assert lines(found) == [(LineKind.CHARGEBACK, 100), (LineKind.SHARE, -125)]
    assert found.statement.operator_entity == "demo Ltd"
    assert found.statement.partner_entity == "西溪物业有限公司"
    assert found.unchanged
    assert cast.owed(cast.estate) == -25
    assert cast.posted("exp:recovered") == -100
    assert cast.posted(f"share:property:{cast.site.site_id}") == 0
    with pytest.raises(DeniedError, match="colleague"):
        settle(cast, found, "cai")
    settle(cast, found)
    assert cast.owed(cast.estate) == 0
    assert cast.posted("bank") == -25
    with pytest.raises(ConflictError):
        settle(cast, found)
    assert ledger.verify(cast.uow, tenant_id="demo").ok


def test_a_month_is_stated_once_when_it_is_over_and_as_it_was_seen(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    with pytest.raises(ConflictError, match="not over"):
        issued(cast)
    month_over()
    with pytest.raises(ConflictError, match="shared out"):
        partners.issue(
            cast.uow,
            tenant_id="demo",
            partner_id=cast.estate.partner_id,
            month=NOVEMBER,
            total_fen=100,
            staff=cast.cai,
        )
    partners.accrue_shares(cast.uow, tenant_id="demo")
    with pytest.raises(ConflictError, match="changed"):
        partners.issue(
            cast.uow,
            tenant_id="demo",
            partner_id=cast.estate.partner_id,
            month=NOVEMBER,
            total_fen=101,
            staff=cast.cai,
        )

    issued(cast)

    assert lines(draft(cast)) == []
    with pytest.raises(ConflictError, match="was stated"):
        issued(cast)


@pytest.mark.req("U28")
def test_what_changes_after_a_statement_is_a_correction_on_the_next(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    finding = agreed_to(cast)
    month_over()
    issued(cast)
    finding.retracted_at = clock.now()
    later(days=31)

    found = issued(cast, month=date(2026, 12, 1))

    assert lines(found) == [(LineKind.CHARGEBACK, -100)]
    assert found.lines[0].revision == 2
    assert cast.owed(cast.estate) == 0
    later(days=31)
    assert lines(draft(cast, month=date(2027, 1, 1))) == []


@pytest.mark.req("C57", "U28")
def test_a_machine_out_of_service_beyond_the_clause_is_a_credit_of_the_property(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    cast.alarm("pump_fault")
    later(hours=3)
    cast.alarm("pump_fault", raised=False)
    later(hours=1)
    cast.alarm("valve_stuck")
    later(hours=5)
    cast.alarm("valve_stuck", raised=False)
    assert lines(draft(cast)) == [(LineKind.COMPENSATION, -3000)]
    month_over()

    issued(cast)

    assert cast.owed(cast.estate) == -3000
    assert cast.posted("exp:compensation") == 3000


def test_an_outage_that_goes_on_over_the_months_end_is_owed_further_in_the_next(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    later(seconds=(DECEMBER - timedelta(hours=19) - clock.now()).total_seconds())
    cast.alarm("leak")
    month_over()
    assert lines(issued(cast)) == [(LineKind.COMPENSATION, -3000)]
    later(hours=9)
    cast.alarm("leak", raised=False)
    later(days=31)

    assert lines(issued(cast, month=date(2026, 12, 1))) == [(LineKind.COMPENSATION, -3000)]


@pytest.mark.req("C20", "U28")
def test_a_visit_is_charged_once_to_whom_answers_for_what_it_was_for(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    first, second = agreed_to(cast, 1), agreed_to(cast, 2)
    work_order_id = uuid4()
    for _ in range(2):
        partners.note_visit(
            cast.uow,
            tenant_id="demo",
            work_order_id=work_order_id,
            device_id="A",
            finding_ids=[first.finding_id, second.finding_id],
        )

    later(hours=1)

    fee_fen = policy.current(cast.uow, tenant_id="demo").visit_fen
    assert lines(draft(cast)) == [
        (LineKind.CHARGEBACK, 100),
        (LineKind.CHARGEBACK, 100),
        (LineKind.VISIT, fee_fen),
    ]
    assert lines(draft(cast, cast.vendor)) == []


def test_a_line_is_objected_to_by_the_property_and_decided_before_it_is_settled(
    cast: Cast,
) -> None:
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    month_over()
    found = issued(cast)

    with pytest.raises(DeniedError):
        said(cast, found, Answer.AGREED, "cai")
    with pytest.raises(InvalidError):
        said(cast, found, Answer.OBJECTED, "wu")
    with pytest.raises(ConflictError, match="nobody objects"):
        said(cast, found, Answer.WAIVED, "cai", "x")
    said(cast, found, Answer.OBJECTED, "wu", "金额不对")
    with pytest.raises(ConflictError, match="objection"):
        settle(cast, found)
    said(cast, found, Answer.WAIVED, "cai", "同意减免")
    settle(cast, found)
    later(days=31)

    assert lines(draft(cast, month=date(2026, 12, 1))) == [(LineKind.CHARGEBACK, -100)]


@pytest.mark.req("C62")
def test_a_statement_is_shown_to_the_people_of_its_sites_alone(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    month_over()
    found = issued(cast)

    assert [one.statement for one in partners.statements(cast.uow, scope=cast.own)] == [
        found.statement
    ]
    elsewhere = Scope("demo", frozenset({cast.other_site.site_id}))
    assert not partners.statements(cast.uow, scope=elsewhere)
    with pytest.raises(NotFoundError):
        partners.issued(cast.uow, scope=elsewhere, statement_id=found.statement.statement_id)


def test_a_line_cannot_be_changed_in_the_database(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    month_over()
    issued(cast)

    with pytest.raises(DBAPIError, match="append-only"), cast.uow.session.begin_nested():
        cast.uow.session.execute(text("update partner_statement_line set amount_fen = 1"))


@pytest.mark.req("C20", "C24", "U28")
def test_a_technician_who_was_there_because_of_a_finding_is_a_visit(cast: Cast) -> None:
    policy.publish(
        cast.uow,
        tenant_id="demo",
        changes={"device_ticket_findings": 1},
        actor="he",
        reason="每次都派人",
    )
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    found = tickets.listed(cast.uow, tenant_id="demo")
    [ticket] = [one for one in found if one.category == "no_water"]
    chen = staff(cast.uow, "chen", Role.TECHNICIAN)
    work = work_orders.dispatch(
        cast.uow,
        tenant_id="demo",
        ticket_id=ticket.ticket_id,
        technician_id=chen.staff_id,
        staff=cast.he,
        words="",
    )
    his: dict[str, Any] = {
        "tenant_id": "demo",
        "work_order_id": work.work_order_id,
        "technician": chen,
    }
    work_orders.accept(cast.uow, **his)
    work_orders.start(cast.uow, **his)
    work_orders.finish(cast.uow, **his, outcome=Outcome.FIXED, parts={}, words="电已恢复")
    later(hours=1)

    visits = [line for line in draft(cast).lines if line.kind is LineKind.VISIT]

    assert [line.subject for line in visits] == [f"visit:{work.work_order_id}"]
    assert ticket.owner_id == cast.he.staff_id
