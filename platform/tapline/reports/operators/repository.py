from datetime import datetime

from sqlalchemy import func, select, text

from tapline.cards.issuers.settlements import Settlement
from tapline.ledger import Days, chart
from tapline.reports.operators.rules import Moved
from tapline.uow import UnitOfWork

_MOVED = text("""
with line as (
  select code, split_part(key, ':', 1) as origin, recorded_at >= :begins_at as within,
         case when entry.side = account.side then amount else -amount end as gain
  from ledger_account account
  join ledger_entry entry using (account_id)
  join ledger_journal journal using (journal_id)
  where account.tenant_id = :tenant_id and account.code = any(:codes) and not pending
    and recorded_at < :ends_at
)
select code, origin, coalesce(sum(gain) filter (where not within), 0)::bigint,
       coalesce(sum(gain) filter (where within), 0)::bigint
from line group by code, origin order by code, origin
""")


class OperatorReads:
    """What stands between one tenant and another operator."""

    def __init__(self, uow: UnitOfWork, tenant_id: str, issuer_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id
        self._issuer_id = issuer_id

    def moved(self, days: Days) -> list[Moved]:
        """What moved on both accounts, before these days and on them, by origin."""
        codes = [chart.issuer_due(self._issuer_id).code, chart.interop_due_to(self._issuer_id).code]
        values = {"tenant_id": self._tenant_id, "codes": codes} | days.bounds
        return [Moved(*row) for row in self._session.execute(_MOVED, values)]

    def claimed_fen(self, before: datetime) -> int:
        """What all settlements issued before a moment asked for."""
        total = select(func.coalesce(func.sum(Settlement.total_fen), 0)).where(
            Settlement.tenant_id == self._tenant_id,
            Settlement.issuer_id == self._issuer_id,
            Settlement.issued_at < before,
        )
        return int(self._session.scalar(total) or 0)
