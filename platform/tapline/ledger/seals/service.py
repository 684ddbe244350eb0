"""Sealing what is committed, off the path of money, and checking everything that was posted."""

from contextlib import closing

from tapline.ledger.seals.repository import Head, SealRepository, tenants
from tapline.ledger.seals.rules import (
    GENESIS,
    SEAL_JOURNALS,
    Verification,
    chain_differences,
    sealed,
)
from tapline.uow import UnitOfWork


def seal(uow: UnitOfWork) -> int:
    """Seal every tenant's journals that are committed for good; returns how many.

    A journal waits for the transactions that were open when it was written: one that commits late
    would otherwise slip in behind a seal and never be covered.
    """
    return sum(_seal_tenant(SealRepository(uow, tenant_id)) for tenant_id in tenants(uow))


def heads(uow: UnitOfWork, *, tenant_id: str, limit: int = 30) -> list[Head]:
    """The last seal of each business day, newest first: what partners are given to keep."""
    return SealRepository(uow, tenant_id).heads(limit)


def verify(uow: UnitOfWork, *, tenant_id: str | None = None) -> Verification:
    """Recompute chain, balances and counters of one tenant or all, and name what differs.

    Posting may go on meanwhile: each of its questions reads one moment.
    """
    chosen = [tenant_id] if tenant_id is not None else tenants(uow)
    parts = [_verify_tenant(uow, each) for each in chosen]
    return Verification(
        journals=sum(part.journals for part in parts),
        sealed=sum(part.sealed for part in parts),
        differences=tuple(difference for part in parts for difference in part.differences),
    )


def _seal_tenant(seals: SealRepository) -> int:
    seals.lock()
    seq, head = seals.head() or (0, GENESIS)
    count = 0
    while journals := seals.unsealed(SEAL_JOURNALS):
        link = sealed(seq + 1, head, journals)
        seals.add(link, journals[-1])
        seq, head, count = link.seq, link.hash, count + link.journals
    return count


def _verify_tenant(uow: UnitOfWork, tenant_id: str) -> Verification:
    seals = SealRepository(uow, tenant_id)
    journals, under_seal = seals.counts()
    with closing(seals.chain()) as chain, closing(seals.committed()) as committed:
        altered = list(chain_differences(tenant_id, chain, committed))
    return Verification(journals, under_seal, (*altered, *seals.recount()))
