"""A month with a partner, in few words: drafted, issued, answered, settled."""

from datetime import date
from uuid import UUID

from tapline import clock, partners
from tapline.partners import Answer, LineKind, Partner
from tapline.people import Scope
from tapline.reconciliation import Finding
from tests.integration.partners.cast import DECEMBER, Cast, later

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
