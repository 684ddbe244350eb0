from collections.abc import Collection

from sqlalchemy import select, text

from tapline.cards import Card
from tapline.people import Customer
from tapline.reports.arrears.rules import Debt
from tapline.uow import UnitOfWork

# The journal that added the oldest part of `owed` to a receivable, among those below a version.
_OLDEST = """
  select journal_id, event_at, kind, {owed} - (added - amount) as unpaid
  from (
    select entry.journal_id, account_version, amount,
           sum(amount) over (order by account_version desc) as added
    from ledger_entry entry
    where entry.account_id = {account} and account_version < {below} and side = 'D' and not pending
  ) rise join ledger_journal using (journal_id)
  where added >= {owed} order by account_version desc limit 1
"""
_NEWEST = "9223372036854775807"

# What comes in pays the oldest first, so what is unpaid was added last. A debt that was carried
# from another card is followed to the water that it was drawn for.
_DEBTS = text(
    """
with recursive step as (
  select split_part(code, ':', 2) as card_no, d_posted - c_posted as owed,
         split_part(code, ':', 2) as drawn_with, account.account_id, rise.*, 0 as depth
  from ledger_account account
  cross join lateral ("""  # noqa: S608 (constants)
    + _OLDEST.format(owed="(d_posted - c_posted)", account="account.account_id", below=_NEWEST)
    + """) rise
  where tenant_id = :tenant_id and unit = 'CNY.fen' and code like :receivables
    and d_posted > c_posted
  union all
  select step.card_no, step.owed, source.card_no, source.account_id, rise.*, depth + 1
  from step
  cross join lateral (
    select split_part(code, ':', 2) as card_no, entry.account_id, account_version
    from ledger_entry entry join ledger_account account using (account_id)
    where entry.journal_id = step.journal_id and entry.side = 'C' and not pending
      and code like :receivables and entry.account_id <> step.account_id
    limit 1
  ) source
  cross join lateral ("""
    + _OLDEST.format(
        owed="step.unpaid", account="source.account_id", below="source.account_version"
    )
    + """) rise
  where step.kind = 'card_carried'
)
select distinct on (card_no) card_no, owed, drawn_with, event_at
from step order by card_no, depth desc
"""
)

_BOOKED = text("""
select coalesce(sum(d_posted - c_posted), 0)::bigint from ledger_account
where tenant_id = :tenant_id and unit = 'CNY.fen' and code like :receivables
""")


class ArrearsReads:
    """Debts of one tenant's cards."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def debts(self) -> list[Debt]:
        """What each card owes, in order of card."""
        return [Debt(*row) for row in self._session.execute(_DEBTS, self._named)]

    def booked_fen(self) -> int:
        """What the receivables of all cards add up to."""
        return int(self._session.scalars(_BOOKED, self._named).one())

    def holders(self, card_nos: Collection[str]) -> dict[str, tuple[Card, Customer | None]]:
        """Each card with who holds it."""
        rows = self._session.execute(
            select(Card, Customer)
            .outerjoin(Customer, Customer.customer_id == Card.customer_id)
            .where(Card.tenant_id == self._tenant_id, Card.card_no.in_(card_nos))
        )
        return {card.card_no: (card, customer) for card, customer in rows}

    @property
    def _named(self) -> dict[str, str]:
        return {"tenant_id": self._tenant_id, "receivables": "card:%:receivable"}
