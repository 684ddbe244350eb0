from collections.abc import Sequence

from tapline.ledger import Journal
from tapline.reports.origins.repository import Origin, OriginReads
from tapline.reports.origins.rules import fact_of
from tapline.uow import UnitOfWork


def origins(uow: UnitOfWork, *, tenant_id: str, journal: Journal) -> Sequence[Origin]:
    """Every version of the fact that a journal rests on, oldest first; empty where people or
    providers caused it."""
    found = fact_of(journal.key, journal.source)
    return OriginReads(uow, tenant_id).versions(*found) if found else []
