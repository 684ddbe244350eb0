"""Closing business days, one after the other."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from tapline import audit, clock, policy
from tapline.errors import ConflictError, NotFoundError
from tapline.ledger.books.rules import Residue
from tapline.ledger.closes.model import LedgerClose
from tapline.ledger.closes.repository import BEGINNING, CloseRepository, Cut
from tapline.ledger.closes.residues.repository import ResidueRepository
from tapline.ledger.closes.rules import (
    Asserted,
    Break,
    Restated,
    UnexplainedError,
    explained,
    overdue,
    require_next,
)
from tapline.ledger.seals.service import seal_tenant
from tapline.uow import UnitOfWork


def closes(uow: UnitOfWork, *, tenant_id: str, limit: int = 30) -> Sequence[LedgerClose]:
    """The days that were closed, newest first."""
    return CloseRepository(uow, tenant_id).listed(limit)


def close_of(uow: UnitOfWork, *, tenant_id: str, day: date) -> LedgerClose:
    """The close of `day`; `NotFoundError` while it is open."""
    found = CloseRepository(uow, tenant_id).get(day)
    if found is None:
        raise NotFoundError(f"{day} is not closed")
    return found


def assertions(uow: UnitOfWork, *, tenant_id: str, day: date, cards: bool = True) -> list[Asserted]:
    """What each account moved on a closed day and where it stood, in order of code; those of
    cards where asked for."""
    return CloseRepository(uow, tenant_id).asserted(day, cards=cards)


def days_due(uow: UnitOfWork, *, tenant_id: str) -> list[date]:
    """Past days that are not closed yet, in the order in which they are to be."""
    first = _due(CloseRepository(uow, tenant_id))
    today = clock.business_date(clock.now())
    return [] if first is None else [first + timedelta(days=n) for n in range((today - first).days)]


def breaks(uow: UnitOfWork, *, tenant_id: str, day: date) -> list[Break]:
    """What clearing accounts will have held too long when `day` is closed, oldest first."""
    closing = CloseRepository(uow, tenant_id)
    found = ResidueRepository(uow, tenant_id).open_items(_cut_of_last(closing), closing.cut(day))
    return overdue(found, day, policy.current(uow, tenant_id=tenant_id).break_days_max)


def close_day(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    day: date,
    actor: str,
    reasons: Mapping[tuple[str, str], str] | None = None,
) -> LedgerClose:
    """Close `day`: seal it, assert every balance that it moved, list what is still open and why.

    `reasons` say why breaks, by (account, subject), are still there; a reason given at an earlier
    close stands as long as the amount does. Whatever is posted from now on belongs to a later day.

    Raises:
        InvalidError: the day is not over, or there is nothing to close.
        ConflictError: it is closed already, an earlier one is not, or a transaction that still
            runs keeps journals of it from being sealed.
        UnexplainedError: a break is older than policy allows and has no reason.
    """
    seal_tenant(uow, tenant_id=tenant_id)
    closing, residues = CloseRepository(uow, tenant_id), ResidueRepository(uow, tenant_id)
    require_next(day, _due(closing), clock.business_date(clock.now()))
    if waiting := closing.waiting(clock.begins(day + timedelta(days=1))):
        raise ConflictError(
            f"{waiting} journals of {day} wait for a transaction that still runs: try again soon"
        )
    after, upto = _cut_of_last(closing), closing.cut(day)
    limit_days = policy.current(uow, tenant_id=tenant_id).break_days_max
    open_items = overdue(residues.open_items(after, upto), day, limit_days)
    told = explained(open_items, reasons or {})
    residues.keep(after, upto)
    residues.explain({one.key: reason for one, reason in told}, actor)
    close = LedgerClose(
        tenant_id=tenant_id,
        biz_date=day,
        seal_seq=upto.seq,
        seal_hash=upto.hash,
        journals=closing.journals(after, upto),
        sums=closing.assert_balances(day, after, upto),
        breaks=[one.listed(reason) for one, reason in told],
        actor=actor,
        closed_at=clock.now(),
    )
    closing.add(close)
    audit.record(
        uow, tenant_id=tenant_id, actor=actor, action="ledger.close", subject=f"ledger:{day}"
    )
    return close


def close_explained(uow: UnitOfWork, *, tenant_id: str, actor: str) -> list[LedgerClose]:
    """Close every past day, in order, up to the first with a break that nobody has explained."""
    closed = []
    for day in days_due(uow, tenant_id=tenant_id):
        try:
            with uow.attempt():
                closed.append(close_day(uow, tenant_id=tenant_id, day=day, actor=actor))
        except (UnexplainedError, ConflictError):
            break
    return closed


def explain(uow: UnitOfWork, *, tenant_id: str, code: str) -> list[Residue]:
    """What a clearing or suspense account holds, by subject, oldest first; together its balance.

    Read from what its last close left, and what moved since.
    """
    closing = CloseRepository(uow, tenant_id)
    held = ResidueRepository(uow, tenant_id).held(code, _cut_of_last(closing))
    return [Residue(one.subject, one.amount, one.since) for one in held]


def restated(uow: UnitOfWork, *, tenant_id: str, day: date) -> list[Restated]:
    """What was posted about a closed day after its close, by account: history stays as it was.

    Raises `NotFoundError` while the day is open.
    """
    close_of(uow, tenant_id=tenant_id, day=day)
    closing = CloseRepository(uow, tenant_id)
    return closing.restated(
        clock.begins(day), clock.begins(day + timedelta(days=1)), closing.cut(day)
    )


def _due(closing: CloseRepository) -> date | None:
    last = closing.last()
    return last.biz_date + timedelta(days=1) if last else closing.first_day()


def _cut_of_last(closing: CloseRepository) -> Cut:
    last = closing.last()
    return closing.cut(last.biz_date) if last else BEGINNING
