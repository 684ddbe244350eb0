"""Sealing what is committed, off the path of money, and checking everything that was posted."""

from contextlib import closing
from datetime import date, timedelta

from tapline.ledger.closes.repository import CloseRepository
from tapline.ledger.closes.residues.repository import ResidueRepository
from tapline.ledger.seals.repository import Head, SealRepository, tenants
from tapline.ledger.seals.rules import (
    GENESIS,
    SEAL_JOURNALS,
    Difference,
    Verification,
    by_day,
    chain_differences,
    sealed,
)
from tapline.uow import UnitOfWork


def seal(uow: UnitOfWork) -> int:
    """Seal every tenant's journals that are committed for good; returns how many.

    A journal waits for the transactions that were open when it was written: one that commits late
    would otherwise slip in behind a seal and never be covered.
    """
    return sum(seal_tenant(uow, tenant_id=tenant_id) for tenant_id in tenants(uow))


def seal_tenant(uow: UnitOfWork, *, tenant_id: str) -> int:
    """`seal` for one tenant."""
    seals = SealRepository(uow, tenant_id)
    seals.lock()
    seq, head, open_day = _frontier(seals)
    count = 0
    while journals := seals.unsealed(SEAL_JOURNALS):
        for day, group in by_day(journals, open_day):
            link = sealed(seq + 1, head, group)
            seals.add(link, day, group[-1])
            seq, head, open_day, count = link.seq, link.hash, day, count + link.journals
    return count


def heads(uow: UnitOfWork, *, tenant_id: str, limit: int = 30) -> list[Head]:
    """The last seal of each business day, newest first: what partners are given to keep."""
    return SealRepository(uow, tenant_id).heads(limit)


def verify(uow: UnitOfWork, *, tenant_id: str | None = None) -> Verification:
    """Recompute chain, balances, counters and closes of one tenant or all; name what differs.

    Posting may go on meanwhile: each of its questions reads one moment.
    """
    chosen = [tenant_id] if tenant_id is not None else tenants(uow)
    parts = [_verify_tenant(uow, each) for each in chosen]
    return Verification(
        journals=sum(part.journals for part in parts),
        sealed=sum(part.sealed for part in parts),
        differences=tuple(difference for part in parts for difference in part.differences),
    )


def _frontier(seals: SealRepository) -> tuple[int, bytes, date]:
    """Number and hash of the last seal, and the first day that the next may belong to."""
    last, closed = seals.head(), seals.closed_upto()
    open_day = closed + timedelta(days=1) if closed else date.min
    if last is None:
        return 0, GENESIS, open_day
    return last.seq, last.hash, max(open_day, last.biz_date)


def _verify_tenant(uow: UnitOfWork, tenant_id: str) -> Verification:
    seals = SealRepository(uow, tenant_id)
    journals, under_seal = seals.counts()
    with closing(seals.chain()) as chain, closing(seals.committed()) as committed:
        altered = list(chain_differences(tenant_id, chain, committed))
    closes, residues = CloseRepository(uow, tenant_id), ResidueRepository(uow, tenant_id)
    closed = [
        Difference(tenant_id, None, what) for what in (*closes.differing(), *residues.differing())
    ]
    return Verification(journals, under_seal, (*altered, *seals.recount(), *closed))
