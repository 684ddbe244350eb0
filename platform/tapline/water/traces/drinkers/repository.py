from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tapline.uow import UnitOfWork

_EVERYBODY = """
    select distinct customer_id from (
        select customer_id from water_trace_pour
        where trace_id = :trace and customer_id is not null
        union select customer_id from water_trace_order where trace_id = :trace
    ) as everybody
"""
_UNTOLD = text(
    _EVERYBODY
    + """
    where not exists (
        select from notice where tenant_id = :tenant
            and dedupe_key = 'water:' || :trace_text || ':' || customer_id
    )
    limit :most
    """
)
_TOLD = text(
    f"""
    select notice.state, count(*) from ({_EVERYBODY}) as everybody
    join notice on notice.tenant_id = :tenant
        and notice.dedupe_key = 'water:' || :trace_text || ':' || customer_id
    group by notice.state
    """  # noqa: S608 (composed of our own text)
)


class DrinkerRepository:
    """Customers whom the traces of one tenant concern."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def untold(self, trace_id: UUID, most: int) -> list[UUID]:
        """Customers concerned for whom no message was made."""
        given = self._names(trace_id) | {"most": most}
        return list(self._session.scalars(_UNTOLD, given))

    def told(self, trace_id: UUID) -> Mapping[str, int]:
        """How many messages there are, by their state."""
        rows = self._session.execute(_TOLD, self._names(trace_id))
        return {row[0]: row[1] for row in rows}

    def all(self, trace_id: UUID) -> list[UUID]:
        """Everybody who is known to have drunk of it, or to have had a barrel."""
        return list(self._session.scalars(text(_EVERYBODY), {"trace": trace_id}))

    def _names(self, trace_id: UUID) -> dict[str, Any]:
        return {"tenant": self._tenant_id, "trace": trace_id, "trace_text": str(trace_id)}
