"""What a proof is made of: a card's journals as they were sealed, and the seals around them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import text

from tapline.ledger.seals.repository import CANONICAL
from tapline.uow import UnitOfWork

# The first seal that ends with the journal or behind it. What no seal holds yet is left out.
PLACED = f"""
select canonical.text, seal.seq
from ({CANONICAL}) canonical(txid, journal_id, recorded_at, text)
cross join lateral (
    select seq from ledger_seal
    where tenant_id = :tenant_id
      and (upto_txid, upto_journal_id) >= (canonical.txid::xid8, canonical.journal_id)
    order by upto_txid, upto_journal_id limit 1
) seal
"""  # noqa: S608 (a constant)

OF_ACCOUNTS = text(
    PLACED  # noqa: S608 (a constant)
    + """
where canonical.journal_id in (
    select journal_id from ledger_entry join ledger_account using (account_id)
    where tenant_id = :tenant_id and unit = 'CNY.fen' and code = any(:codes))
order by canonical.txid::xid8, canonical.journal_id
"""
)

OF_JOURNAL = text(PLACED + " where canonical.journal_id = :journal_id")

LEAVES = text("select leaves from ledger_seal where tenant_id = :tenant_id and seq = :seq")

LINKS = text("""
select seq, journals, previous_hash, root, hash from ledger_seal
where tenant_id = :tenant_id and seq between :first and :last order by seq
""")


class Placed(NamedTuple):
    """A journal's canonical text and the number of the seal that holds it."""

    text: str
    seq: int


class Link(NamedTuple):
    """A seal without its leaves."""

    seq: int
    journals: int
    previous_hash: bytes
    root: bytes
    hash: bytes


class ProofRepository:
    """The sealed journals of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def of_accounts(self, codes: Sequence[str]) -> list[Placed]:
        """Every sealed journal that touches one of the accounts, in the order of commits."""
        return [Placed(*row) for row in self._rows(OF_ACCOUNTS, codes=list(codes))]

    def of_journal(self, journal_id: int) -> Placed | None:
        """One journal, once it is sealed."""
        return next((Placed(*row) for row in self._rows(OF_JOURNAL, journal_id=journal_id)), None)

    def leaves(self, seq: int) -> bytes:
        """The leaves of a seal."""
        ((leaves,),) = self._rows(LEAVES, seq=seq)
        return leaves  # type: ignore[no-any-return]

    def links(self, first: int, last: int) -> list[Link]:
        """The seals `first` to `last`."""
        return [Link(*row) for row in self._rows(LINKS, first=first, last=last)]

    def _rows(self, statement: Any, **values: object) -> Sequence[Any]:
        return self._session.execute(statement, {"tenant_id": self._tenant_id, **values}).all()
