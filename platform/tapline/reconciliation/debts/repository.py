from sqlalchemy import text

from tapline.ledger import chart
from tapline.uow import UnitOfWork

# What is taken back of a restoration that still waited leaves `pending_load` again; the rest was
# written to the chip, and is covered only as long as a restoration is due.
_AHEAD = text("""
select coalesce((
    select sum(case when entry.side = 'C' then amount else -amount end)
    from ledger_account account
    join ledger_entry entry using (account_id)
    join ledger_journal journal using (journal_id)
    where account.tenant_id = :tenant_id and code = :code and not pending and not cover
      and kind in ('purse_restored', 'purse_restored_less')
  ), 0)::bigint
  - coalesce((
    select sum(target_fen) from restore_target
    where tenant_id = :tenant_id and card_no = :card_no
  ), 0)::bigint
""")


class DebtReads:
    """What one tenant's books say about why a card owes."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def ahead_fen(self, card_no: str) -> int:
        """What was written back to a card for records that came after all."""
        code = chart.card(card_no).pending_load.code
        values = {"tenant_id": self._tenant_id, "card_no": card_no, "code": code}
        return int(self._session.scalars(_AHEAD, values).one())
