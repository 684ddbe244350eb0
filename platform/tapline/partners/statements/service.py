from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tapline import audit, clock, ledger, tenants
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.partners.accountability.model import Responsibility
from tapline.partners.model import Partner, PartnerKind
from tapline.partners.repository import PartnerRepository
from tapline.partners.service import check_keeper
from tapline.partners.shares import service as shares
from tapline.partners.statements import dues, rules
from tapline.partners.statements.model import (
    Answer,
    LineAnswer,
    PartnerStatement,
    StatementLine,
)
from tapline.partners.statements.reading import canonical, gathered, issued
from tapline.partners.statements.repository import StatementRepository
from tapline.partners.statements.rules import Line
from tapline.people import Role, Scope, Staff
from tapline.reconciliation import Finding, Side
from tapline.uow import UnitOfWork


class Draft(NamedTuple):
    """A month's statement as it would be issued now. Amounts in fen."""

    partner: Partner
    month: date
    lines: Sequence[Line]
    undecided: Sequence[tuple[Responsibility, Finding, int]]
    """Listed and not charged: what nobody has agreed to or decided."""

    @property
    def total_fen(self) -> int:
        """What the partner would owe; negative where we would."""
        return sum(line.amount_fen for line in self.lines)


def draft(uow: UnitOfWork, *, tenant_id: str, partner_id: UUID, month: date) -> Draft:
    """What would be stated for a month, reckoned anew at each call.

    Raises:
        NotFoundError: the tenant has no such partner.
    """
    partner = PartnerRepository(uow, tenant_id).get(partner_id)
    month = rules.month_of(month)
    stated = StatementRepository(uow, tenant_id).stated(partner_id)
    due = dues.of_partner(uow, partner=partner, month=month)
    return Draft(partner, month, rules.lines(due, stated), dues.expected(uow, partner=partner))


def issue(
    uow: UnitOfWork, *, tenant_id: str, partner_id: UUID, month: date, total_fen: int, staff: Staff
) -> PartnerStatement:
    """State a month for good, and post every line of it. `total_fen` is what `staff` saw.

    Raises:
        NotFoundError: the tenant has no such partner.
        DeniedError: `staff` does not settle with partners.
        InvalidError: there is nothing to state.
        ConflictError: the month is not over or not shared out, a later one was stated, or the
            draft has changed since it was looked at.
    """
    check_keeper(staff)
    statements = StatementRepository(uow, tenant_id)
    statements.be_alone()
    found = draft(uow, tenant_id=tenant_id, partner_id=partner_id, month=month)
    _check_issuable(uow, found, statements.last_month(partner_id))
    if found.total_fen != total_fen:
        raise ConflictError("the draft has changed since you looked: read it again")
    statement = _statement(uow, found, staff)
    statements.add(statement)
    for number, line in enumerate(found.lines, 1):
        statements.add(_row(statement, number, line))
    commands = [_command(statement, number, line) for number, line in enumerate(found.lines, 1)]
    ledger.post(uow, tenant_id=tenant_id, commands=commands)
    _record(uow, statement, staff, "issue", f"{found.total_fen} fen")
    return statement


def settle(
    uow: UnitOfWork, *, tenant_id: str, statement_id: UUID, bank_reference: str, staff: Staff
) -> PartnerStatement:
    """Record that a statement was paid, by whoever owed it, under the bank's reference.

    Raises:
        NotFoundError: the tenant has no such statement.
        DeniedError: `staff` does not settle with partners, or issued it himself.
        InvalidError: there is no reference.
        ConflictError: it was settled before, or an objection to a line is not decided.
    """
    check_keeper(staff)
    if not bank_reference.strip():
        raise InvalidError("give the bank's reference of the transfer")
    statement = StatementRepository(uow, tenant_id).get(statement_id, lock=True)
    if statement.settled_at is not None:
        raise ConflictError("this statement was settled before")
    if statement.issued_by == staff.staff_id:
        raise DeniedError("whoever issued a statement does not settle it: ask a colleague")
    found = gathered(uow, statement)
    if open_ := rules.unsettled(len(found.lines), found.last_words):
        raise ConflictError(f"decide on the objection to line {open_[0]} first")
    statement.settled_by, statement.settled_at = staff.staff_id, clock.now()
    statement.bank_reference = bank_reference.strip()
    if statement.total_fen:
        ledger.post(uow, tenant_id=tenant_id, commands=[_settling(statement)])
    _record(uow, statement, staff, "settle", bank_reference)
    return statement


def answer(
    uow: UnitOfWork,
    *,
    scope: Scope,
    statement_id: UUID,
    line: int,
    said: Answer,
    staff: Staff,
    words: str = "",
) -> None:
    """Agree or object to a line, or decide on an objection: keep the line, or waive it.

    A property's people answer for themselves; the desk takes down what a vendor or another
    operator says. Finance decides on objections, with a reason.

    Raises:
        NotFoundError: there is no such line that the scope may see.
        DeniedError: it is somebody else's to say.
        InvalidError: an objection or a decision without words.
        ConflictError: the statement was settled, or there is no objection to decide on.
    """
    StatementRepository(uow, scope.tenant_id).get(statement_id, lock=True)
    found = issued(uow, scope=scope, statement_id=statement_id)
    if not 1 <= line <= len(found.lines):
        raise NotFoundError(f"the statement has no line {line}")
    if found.statement.settled_at is not None:
        raise ConflictError("the statement was settled: what is wrong is corrected in the next one")
    decides = said in {Answer.KEPT, Answer.WAIVED}
    _check_speaker(found.partner, staff, decides=decides)
    if said is not Answer.AGREED and not words.strip():
        raise InvalidError("say why: the other side reads it")
    if decides and found.last_words.get(line) is not Answer.OBJECTED:
        raise ConflictError("nobody objects to this line")
    StatementRepository(uow, scope.tenant_id).add(
        LineAnswer(
            statement_id=statement_id,
            line=line,
            answer=said,
            party=Side.PROPERTY if staff.role is Role.MANAGER else Side.OPERATOR,
            actor=staff.login,
            words=words.strip(),
            at=clock.now(),
        )
    )
    _record(uow, found.statement, staff, f"line_{said.value}", words)


def _check_issuable(uow: UnitOfWork, found: Draft, last_month: date | None) -> None:
    if clock.now() < rules.month_end(found.month):
        raise ConflictError("the month is not over: its statement can still change")
    upto = shares.reckoned_upto(uow, tenant_id=found.partner.tenant_id)
    if upto is None or upto < rules.month_last(found.month):
        raise ConflictError("the month's revenue is being shared out: try again in some minutes")
    if last_month is not None and found.month <= last_month:
        raise ConflictError(f"{last_month:%Y-%m} was stated: what came since goes on a later month")
    if not found.lines:
        raise InvalidError("there is nothing to state for this month")


def _check_speaker(partner: Partner, staff: Staff, *, decides: bool) -> None:
    if decides:
        check_keeper(staff)
    elif partner.kind is PartnerKind.PROPERTY and staff.role is not Role.MANAGER:
        raise DeniedError("the property's own people answer to its statement")


def _statement(uow: UnitOfWork, found: Draft, staff: Staff) -> PartnerStatement:
    tenant = tenants.get(uow, tenant_id=found.partner.tenant_id)
    statement = PartnerStatement(
        statement_id=new_id(),
        tenant_id=tenant.tenant_id,
        partner_id=found.partner.partner_id,
        month=found.month,
        operator_entity=tenant.legal_entity,
        partner_entity=found.partner.legal_entity,
        total_fen=found.total_fen,
        issued_by=staff.staff_id,
        issued_at=clock.now(),
    )
    statement.sha256 = rules.digest(canonical(statement, found.lines))
    return statement


def _row(statement: PartnerStatement, number: int, line: Line) -> StatementLine:
    return StatementLine(
        statement_id=statement.statement_id,
        line=number,
        tenant_id=statement.tenant_id,
        kind=line.kind,
        subject=line.subject,
        revision=line.revision,
        amount_fen=line.amount_fen,
        account=line.account,
        site_id=line.site_id,
        facts=line.facts,
    )


def _command(statement: PartnerStatement, number: int, line: Line) -> ledger.Command:
    return ledger.Command(
        key=f"statement:{statement.statement_id}:{number}",
        kind=f"statement_{line.kind.value}",
        event_at=clock.now(),
        movement=rules.movement(statement.partner_id, line.kind, line.account, line.amount_fen),
        content={"subject": line.subject, "revision": line.revision, "fen": line.amount_fen},
        source={"subject": f"statement:{statement.statement_id}", "for": line.subject},
    )


def _settling(statement: PartnerStatement) -> ledger.Command:
    return ledger.Command(
        key=f"statement:{statement.statement_id}:settle",
        kind="statement_settle",
        event_at=clock.now(),
        movement=rules.settlement(statement.partner_id, statement.total_fen),
        content={"fen": statement.total_fen},
        source={
            "subject": f"statement:{statement.statement_id}",
            "reference": statement.bank_reference,
        },
    )


def _record(
    uow: UnitOfWork, statement: PartnerStatement, staff: Staff, verb: str, reason: str
) -> None:
    audit.record(
        uow,
        tenant_id=statement.tenant_id,
        actor=staff.login,
        action=f"statement.{verb}",
        subject=f"statement:{statement.statement_id}",
        reason=reason.strip(),
    )
