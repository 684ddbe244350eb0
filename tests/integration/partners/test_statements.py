"""A month with a partner: what is charged, what is only listed, what is owed the other way."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, faults, ledger, partners, policy
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.partners import Answer, LineKind, Standing
from tapline.people import Scope
from tapline.reconciliation import Finding, Side
from tests.integration.partners.cast import CARD, Cast, later
from tests.integration.partners.months import (
    NOVEMBER,
    agreed_to,
    draft,
    issued,
    lines,
    month_over,
    said,
    settle,
)

NEXT = date(2026, 12, 1)


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


@pytest.mark.req("U28")
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


def vendors(cast: Cast, seq: int) -> Finding:
    """A charge without water that the vendor has agreed to answer for."""
    cast.dry(seq)
    finding = cast.found()
    partners.propose_side(
        cast.uow,
        tenant_id="demo",
        finding_id=finding.finding_id,
        side=Side.VENDOR,
        staff=cast.lin,
        reason="泵",
    )
    partners.agree(
        cast.uow,
        scope=Scope("demo"),
        finding_id=finding.finding_id,
        staff=cast.lin,
        words="函 7",
    )
    return finding


def visited(cast: Cast, *findings: Finding) -> None:
    """A technician was there because of these."""
    partners.note_visit(
        cast.uow,
        tenant_id="demo",
        work_order_id=new_id(),
        device_id="A",
        finding_ids=[finding.finding_id for finding in findings],
    )


def stated_visits(found: partners.Draft | partners.Issued) -> list[int]:
    return [line.amount_fen for line in found.lines if line.kind is LineKind.VISIT]


@pytest.mark.req("C20", "U28")
def test_a_visit_for_findings_of_two_partners_is_charged_to_who_agreed_first(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    theirs, ours = vendors(cast, 1), agreed_to(cast, 2)
    visited(cast, ours, theirs)
    month_over()

    assert stated_visits(issued(cast)) == []
    assert stated_visits(issued(cast, cast.vendor)) == [8000]


@pytest.mark.req("C20", "U28")
def test_a_visit_whose_finding_is_taken_back_goes_to_the_other_partner(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    theirs, ours = vendors(cast, 1), agreed_to(cast, 2)
    visited(cast, ours, theirs)
    month_over()
    issued(cast)
    issued(cast, cast.vendor)
    theirs.retracted_at = clock.now()
    later(days=31)

    ended, begun = issued(cast, cast.vendor, NEXT), issued(cast, month=NEXT)

    assert (stated_visits(ended), stated_visits(begun)) == ([-8000], [8000])
    assert cast.owed(cast.vendor) == 0
    later(days=31)
    assert lines(draft(cast, cast.vendor, date(2027, 1, 1))) == []
    assert lines(draft(cast, month=date(2027, 1, 1))) == []


@pytest.mark.req("U28")
def test_a_new_price_of_visits_is_for_visits_from_then_on(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    finding = agreed_to(cast)
    visited(cast, finding)
    month_over()
    assert stated_visits(issued(cast)) == [8000]
    policy.publish(
        cast.uow, tenant_id="demo", changes={"visit_fen": 16_000}, actor="he", reason="涨价"
    )
    later(hours=1)
    visited(cast, finding)
    later(days=31)

    assert lines(draft(cast, month=NEXT)) == [(LineKind.VISIT, 16_000)]


def test_finance_keeps_in_the_end_what_it_had_waived(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    agreed_to(cast)
    month_over()
    found = issued(cast)
    said(cast, found, Answer.OBJECTED, "wu", "金额不对")
    said(cast, found, Answer.WAIVED, "cai", "同意减免")
    said(cast, found, Answer.OBJECTED, "wu", "请书面确认")
    said(cast, found, Answer.KEPT, "cai", "复核后维持")
    settle(cast, found)
    later(days=31)

    assert lines(draft(cast, month=NEXT)) == []


@pytest.mark.req("U28")
def test_waiving_a_correction_leaves_what_was_stated_before_it(cast: Cast) -> None:
    cast.agreed(share_per_mille=0)
    raised_at = clock.now()
    cast.alarm("leak")
    month_over()
    first = issued(cast)
    assert lines(first) == [(LineKind.COMPENSATION, -29 * 3000)]
    settle(cast, first)
    faults.note(
        cast.uow,
        tenant_id="demo",
        device_id="A",
        code="leak",
        raised=False,
        data={},
        since=raised_at + timedelta(days=9),
    )
    later(days=31)
    second = issued(cast, month=NEXT)
    assert lines(second) == [(LineKind.COMPENSATION, 20 * 3000)]
    said(cast, second, Answer.OBJECTED, "wu", "漏水到月底")
    said(cast, second, Answer.WAIVED, "cai", "同意")
    settle(cast, second)
    later(days=31)

    assert lines(issued(cast, month=date(2027, 1, 1))) == [(LineKind.COMPENSATION, -20 * 3000)]
    later(days=31)
    assert lines(draft(cast, month=date(2027, 2, 1))) == []
