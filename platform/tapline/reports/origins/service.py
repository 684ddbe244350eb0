import re
from collections.abc import Sequence

from tapline.ledger import Journal
from tapline.reports.origins.repository import Origin, OriginReads
from tapline.uow import UnitOfWork

_FACT = re.compile(r"(?:dev|fix|restate):([^:]+):([0-9]+)(?::|$)")
"""A subject, or the key of what follows from a fact."""


def origins(uow: UnitOfWork, *, tenant_id: str, journal: Journal) -> Sequence[Origin]:
    """Every version of the fact that a journal rests on, oldest first; empty where people or
    providers caused it."""
    found = _FACT.match(journal.key) or _FACT.match(journal.subject)
    if found is None:
        return []
    return OriginReads(uow, tenant_id).versions(found[1], int(found[2]))
