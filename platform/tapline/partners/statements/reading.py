"""Statements that were issued, read with their lines and what was said of them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from tapline.errors import NotFoundError
from tapline.partners.model import Partner, PartnerKind
from tapline.partners.repository import PartnerRepository
from tapline.partners.statements import rules
from tapline.partners.statements.model import (
    Answer,
    LineAnswer,
    PartnerStatement,
    StatementLine,
)
from tapline.partners.statements.repository import StatementRepository
from tapline.partners.statements.rules import Line
from tapline.people import Scope
from tapline.uow import UnitOfWork


class Issued(NamedTuple):
    """A statement that was issued, with its lines and what was said of them."""

    statement: PartnerStatement
    partner: Partner
    lines: Sequence[StatementLine]
    answers: Sequence[LineAnswer]

    @property
    def last_words(self) -> Mapping[int, Answer]:
        """The answer that counts, by line."""
        return {answer.line: answer.answer for answer in self.answers}

    @property
    def unchanged(self) -> bool:
        """Whether the lines are those that the hash was made of."""
        return rules.digest(canonical(self.statement, self.lines)) == self.statement.sha256


def issued(uow: UnitOfWork, *, scope: Scope, statement_id: UUID) -> Issued:
    """One statement; `NotFoundError` where the scope does not hold every site on it."""
    found = gathered(uow, StatementRepository(uow, scope.tenant_id).get(statement_id))
    if not _is_visible(found, scope):
        raise NotFoundError(f"no statement {statement_id}")
    return found


def listed(uow: UnitOfWork, *, scope: Scope, partner_id: UUID | None = None) -> Sequence[Issued]:
    """Statements issued, the newest month first; of one partner where given.

    Property people see those that speak of none but their sites.
    """
    statements = StatementRepository(uow, scope.tenant_id).listed(partner_id)
    found = (gathered(uow, statement) for statement in statements)
    return [one for one in found if _is_visible(one, scope)]


def gathered(uow: UnitOfWork, statement: PartnerStatement) -> Issued:
    """All that belongs to a statement."""
    statements = StatementRepository(uow, statement.tenant_id)
    return Issued(
        statement,
        PartnerRepository(uow, statement.tenant_id).get(statement.partner_id),
        statements.lines(statement.statement_id),
        statements.answers(statement.statement_id),
    )


def _is_visible(found: Issued, scope: Scope) -> bool:
    if scope.sites is None:
        return True
    own = found.partner.kind is PartnerKind.PROPERTY
    return own and {line.site_id for line in found.lines} <= scope.sites


def canonical(
    statement: PartnerStatement, stated: Sequence[Line] | Sequence[StatementLine]
) -> bytes:
    """The text that its hash covers."""
    return rules.canonical(
        operator_entity=statement.operator_entity,
        partner_entity=statement.partner_entity,
        month=statement.month,
        total_fen=statement.total_fen,
        stated=stated,
    )
