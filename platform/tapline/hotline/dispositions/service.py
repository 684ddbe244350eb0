from collections.abc import Sequence
from typing import Any

from tapline import clock
from tapline.hotline.dispositions import rules
from tapline.hotline.dispositions.model import DispositionList
from tapline.hotline.dispositions.repository import DispositionRepository
from tapline.hotline.dispositions.rules import Disposition
from tapline.uow import UnitOfWork


def disposition_codes(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Disposition]:
    """The codes to choose from, in the order of their buttons."""
    newest = DispositionRepository(uow, tenant_id).newest()
    return rules.DEFAULT if newest is None else rules.parse(newest.codes)


def publish_dispositions(
    uow: UnitOfWork, *, tenant_id: str, codes: Sequence[dict[str, Any]], actor: str, reason: str
) -> Sequence[Disposition]:
    """Put another list in force; calls keep the code that they were given.

    Raises:
        InvalidError: the list cannot be read, is empty, or has a code twice.
    """
    listed = rules.parse(codes)
    versions = DispositionRepository(uow, tenant_id)
    newest = versions.newest()
    versions.add(
        DispositionList(
            tenant_id=tenant_id,
            version=1 if newest is None else newest.version + 1,
            codes=list(codes),
            actor=actor,
            reason=reason,
            effective_at=clock.now(),
        )
    )
    return listed
