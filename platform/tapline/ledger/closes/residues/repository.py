"""What clearing accounts have left at a close, by what it is about."""

from collections.abc import Iterator, Mapping

from sqlalchemy import text

from tapline.ledger import chart
from tapline.ledger.closes.repository import BETWEEN, ENTRIES, NOW, SIGNED, Cut, between
from tapline.ledger.closes.rules import Break
from tapline.uow import UnitOfWork

OF_FAMILIES, OF_CODE = "code like any(:families)", "code = :code"

MOVED_SUBJECTS = f"""
select account_id, coalesce(journal.source ->> 'subject', journal.key) as subject,
       sum({SIGNED})::bigint as amount, min(event_at) as since
from ledger_journal journal {ENTRIES}
join ledger_account account using (account_id)
where {BETWEEN}
  and not entry.pending and {{chosen}}
group by 1, 2
having sum({SIGNED}) <> 0
"""  # noqa: S608

OPEN = f"""
select code, subject, sum(amount)::bigint, min(since),
       case when bool_and(stored) then min(reason) end
from (
    select account_id, subject, amount, since, reason, true as stored
    from ledger_residue where tenant_id = :tenant_id
    union all
    select account_id, subject, amount, since, null, false from ({MOVED_SUBJECTS}) moved
) part
join ledger_account using (account_id)
where {{chosen}}
group by code, subject
having sum(amount) <> 0
order by min(since), code, subject
"""  # noqa: S608

OPEN_OF_FAMILIES, OPEN_OF_CODE = (text(OPEN.format(chosen=c)) for c in (OF_FAMILIES, OF_CODE))

KEEP_RESIDUES = text(
    f"""
insert into ledger_residue (account_id, subject, tenant_id, amount, since)
select account_id, subject, :tenant_id, amount, since from ({MOVED_SUBJECTS}) moved
on conflict (account_id, subject) do update
set amount = ledger_residue.amount + excluded.amount, reason = null, explained_by = null,
    since = least(ledger_residue.since, excluded.since)
""".format(chosen=OF_FAMILIES)  # noqa: S608
)

DROP_SETTLED = text("delete from ledger_residue where tenant_id = :tenant_id and amount = 0")

EXPLAIN_RESIDUE = text("""
update ledger_residue residue set reason = :reason, explained_by = :actor
from ledger_account account
where account.account_id = residue.account_id and residue.tenant_id = :tenant_id
  and code = :code and subject = :subject and reason is distinct from :reason
""")

NOT_AS_LEFT = text("""
select code
from ledger_account account
left join lateral (
    select balance from ledger_assertion where account_id = account.account_id
    order by biz_date desc limit 1
) asserted on true
where tenant_id = :tenant_id and code like any(:families)
  and coalesce(balance, 0) <> coalesce(
      (select sum(amount) from ledger_residue where account_id = account.account_id), 0)
order by code limit 20
""")


class ResidueRepository:
    """The residues of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def keep(self, after: Cut, upto: Cut) -> None:
        """Add what moved to what clearing accounts had left; drop what came to nothing."""
        families = {"families": list(chart.CLEARING)}
        self._session.execute(KEEP_RESIDUES, between(self._tenant_id, after, upto) | families)
        self._session.execute(DROP_SETTLED, {"tenant_id": self._tenant_id})

    def open_items(self, after: Cut, upto: Cut) -> list[Break]:
        """What clearing accounts hold by subject, oldest first: left at `after`, moved since."""
        values = between(self._tenant_id, after, upto) | {"families": list(chart.CLEARING)}
        return [Break(*row) for row in self._session.execute(OPEN_OF_FAMILIES, values)]

    def held(self, code: str, after: Cut) -> list[Break]:
        """The same for one account, up to now."""
        values = between(self._tenant_id, after, NOW) | {"code": code}
        return [Break(*row) for row in self._session.execute(OPEN_OF_CODE, values)]

    def explain(self, reasons: Mapping[tuple[str, str], str], actor: str) -> None:
        """Keep why residues are still there."""
        for (code, subject), reason in reasons.items():
            values = {"code": code, "subject": subject, "reason": reason, "actor": actor}
            self._session.execute(EXPLAIN_RESIDUE, values | {"tenant_id": self._tenant_id})

    def differing(self) -> Iterator[str]:
        """Accounts whose residues are not what the closes left on them."""
        values = {"tenant_id": self._tenant_id, "families": list(chart.CLEARING)}
        for code in self._session.scalars(NOT_AS_LEFT, values):
            yield f"what the closes left on {code} is not its balance then"
