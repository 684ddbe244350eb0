from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from tapline.cards import CardStep
from tapline.cards.blocklist import CardBlock
from tapline.ledger import Account, chart
from tapline.reconciliation import Finding
from tapline.reports.histories.rules import Booked, Booking, Position
from tapline.uow import UnitOfWork

# What was posted for a fact of the card is told with the fact, corrections apart.
_POSITIONS = text("""
with own as (
  select account_id from ledger_account where tenant_id = :tenant_id and code = any(:codes)
), fact_of_card as (
  select device_id, seq, min(received_at) as at, max(load_id) as load_id
  from fact where tenant_id = :tenant_id and card_no = :card_no and flaw is null
  group by device_id, seq
), told as (
  select 'dev:' || device_id || ':' || seq as stem from fact_of_card
  union all select 'restate:' || device_id || ':' || seq from fact_of_card
  union all select 'load:' || load_id || '\\:confirm' from fact_of_card where load_id is not null
), line as (
  select at, 'f' as what, device_id || ':' || seq as ref from fact_of_card
  union all
  select recorded_at, 'j', lpad(journal_id::text, 20, '0')
  from ledger_journal journal
  where journal_id in (
    select journal_id from ledger_entry entry join own using (account_id)
  ) and case
      when key like 'restate:%' then regexp_replace(key, '^(restate:[^:]+:[0-9]+):.*$', '\\1')
      else key end not in (select stem from told)
  union all
  select at, 's', lpad(position::text, 20, '0') from card_step
  where tenant_id = :tenant_id and card_no = :card_no
  union all
  select since, 'b', block_id::text from card_block
  where tenant_id = :tenant_id and card_no = :card_no
  union all
  select until, 'u', block_id::text from card_block
  where tenant_id = :tenant_id and card_no = :card_no and until is not null
)
select at, what, ref from line
where (cast(:before_at as timestamptz) is null
       or (at, what, ref collate "C") < (:before_at, :before_what, :before_ref))
  and (cast(:since as timestamptz) is null or at >= :since)
  and (cast(:until as timestamptz) is null or at < :until)
order by at desc, what desc, ref collate "C" desc
limit :limit
""")

_BOOKINGS = text("""
select journal_id, key, kind, phase, event_at, recorded_at, source,
       code, account.side as grows, bounded, unit, entry.side, amount, pending
from ledger_journal journal
join ledger_entry entry using (journal_id)
join ledger_account account using (account_id)
where journal.tenant_id = :tenant_id and (journal_id = any(:ids) or key = any(:keys))
order by journal_id, line
""")

_WAITING_SINCE = text("""
select min(recorded_at) from (
  select (
    select journal.recorded_at
    from ledger_entry entry join ledger_journal journal using (journal_id)
    where entry.account_id = account.account_id and not pending and account_version > coalesce((
      select max(account_version) from ledger_entry nil
      where nil.account_id = account.account_id and not nil.pending and nil.balance_after = 0), 0)
    order by account_version limit 1
  ) as recorded_at
  from ledger_account account
  where tenant_id = :tenant_id and code = any(:codes) and c_posted > d_posted
) waiting
""")


class HistoryReads:
    """The history of cards of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def positions(
        self,
        card_no: str,
        limit: int,
        before: Position | None,
        since: datetime | None,
        until: datetime | None,
    ) -> list[Position]:
        """The newest lines below `before`, within these moments."""
        rows = self._session.execute(
            _POSITIONS,
            {
                "tenant_id": self._tenant_id,
                "card_no": card_no,
                "codes": [account.code for account in chart.card(card_no)],
                "before_at": before and before.at,
                "before_what": before and before.what,
                "before_ref": before and before.ref,
                "since": since,
                "until": until,
                "limit": limit,
            },
        )
        return [Position(*row) for row in rows]

    def bookings(self, ids: Collection[int], keys: Collection[str]) -> dict[str, Booking]:
        """key -> journal, with all its lines."""
        rows = self._session.execute(
            _BOOKINGS, {"tenant_id": self._tenant_id, "ids": list(ids), "keys": list(keys)}
        )
        found: dict[str, tuple[Any, list[Booked]]] = {}
        for row in rows:
            account = Account(row.code, row.grows, row.bounded, row.unit)
            lines = found.setdefault(row.key, (row, []))[1]
            lines.append(Booked(account, row.side, row.amount, row.pending))
        return {
            key: Booking(
                row.journal_id,
                row.key,
                row.kind,
                row.phase,
                row.event_at,
                row.recorded_at,
                row.source,
                lines,
            )
            for key, (row, lines) in found.items()
        }

    def steps(self, positions: Collection[int]) -> dict[int, CardStep]:
        rows = self._session.scalars(select(CardStep).where(CardStep.position.in_(positions)))
        return {step.position: step for step in rows}

    def blocks(self, block_ids: Collection[UUID]) -> dict[UUID, CardBlock]:
        rows = self._session.scalars(select(CardBlock).where(CardBlock.block_id.in_(block_ids)))
        return {block.block_id: block for block in rows}

    def leaps(self, card_no: str) -> Sequence[Finding]:
        """What stands about the card and the positions of its counter, not about its facts."""
        return self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                Finding.card_no == card_no,
                Finding.subject.startswith("card:", autoescape=True),
                Finding.retracted_at.is_(None),
            )
            .order_by(Finding.code)
        ).all()

    def waiting_since(self, card_no: str) -> datetime | None:
        """Since when something has waited to be written to the card."""
        card = chart.card(card_no)
        codes = [card.pending_load.code, card.pending_bonus.code]
        found: datetime | None = self._session.scalar(
            _WAITING_SINCE, {"tenant_id": self._tenant_id, "codes": codes}
        )
        return found
