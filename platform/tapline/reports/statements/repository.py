from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import text

from tapline.ledger import Days, chart
from tapline.reports.statements.rules import Purses, Standing
from tapline.uow import UnitOfWork

# A card's journals are numbered in the order of its own locks: what is not above the newest that
# was counted here was counted here.
_STANDING = text("""
with line as (
  select code, journal_id, case entry.side when 'C' then amount else -amount end as gain, pending,
         recorded_at < :begins_at as earlier, journal_id <= :after as seen
  from ledger_account account
  join ledger_entry entry using (account_id)
  join ledger_journal journal using (journal_id)
  where account.tenant_id = :tenant_id and code = any(:codes) and recorded_at < :ends_at
)
select code, coalesce(sum(gain) filter (where not pending and earlier), 0)::bigint,
       coalesce(sum(gain) filter (where not pending and (earlier or seen)), 0)::bigint,
       coalesce(sum(gain) filter (where not pending), 0)::bigint, max(journal_id)
from line group by code
""")

_JOURNALS = text("""
select distinct journal_id
from ledger_account account
join ledger_entry entry using (account_id)
join ledger_journal journal using (journal_id)
where account.tenant_id = :tenant_id and code = any(:codes)
  and recorded_at >= :begins_at and recorded_at < :ends_at
  and journal_id > :after and journal_id <= :last_id
order by journal_id
limit :limit
""")


class StatementReads:
    """The statement of one card."""

    def __init__(self, uow: UnitOfWork, tenant_id: str, card_no: str) -> None:
        self._session = uow.session
        card = chart.card(card_no)
        self._purses = {account.code: name for name, account in card._asdict().items()}
        self._values = {"tenant_id": tenant_id, "codes": list(self._purses)}

    def standing(self, days: Days, after: int) -> Standing:
        """What the card held before `days`, before the page behind journal `after`, and at their
        end."""
        rows = self._session.execute(_STANDING, self._values | days.bounds | {"after": after}).all()
        sums = {self._purses[row[0]]: row[1:4] for row in rows}

        def purses(which: int) -> Purses:
            return Purses(
                **{
                    each.name: sums[each.name][which]
                    for each in fields(Purses)
                    if each.name in sums
                }
            )

        last_id = max((row[4] for row in rows), default=0)
        return Standing(purses(0), purses(1), purses(2), last_id)

    def journals(self, days: Days, after: int, last_id: int, limit: int) -> Sequence[int]:
        """The ids of the next journals behind `after`, up to `last_id`, oldest first."""
        page = {"after": after, "last_id": last_id, "limit": limit}
        return self._session.scalars(_JOURNALS, self._values | days.bounds | page).all()
