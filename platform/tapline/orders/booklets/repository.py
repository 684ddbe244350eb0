from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from tapline.errors import NotFoundError
from tapline.orders.booklets.model import Booklet, BookletPurchase, PurchaseState
from tapline.uow import UnitOfWork

# A product that a customer never had has no account of his.
IN_HAND = text("""
select substr(unit, 8) as sku, c_posted - d_posted as tickets, d_pending as reserved
from ledger_account
where tenant_id = :tenant_id and code = :code and unit like 'TICKET.%'
""")

OUTSTANDING = text("""
select substr(issued.unit, 8) as sku, issued.d_posted as issued, issued.c_posted as used,
       coalesce(sum(cash.c_posted - cash.d_posted), 0)::bigint as prepaid_fen
from ledger_account issued
left join ledger_account cash
  on cash.tenant_id = issued.tenant_id and cash.unit = 'CNY.fen'
 and starts_with(cash.code, 'prepaid:ticket_cash:')
 and split_part(cash.code, ':', 4) = substr(issued.unit, 8)
where issued.tenant_id = :tenant_id and issued.code = 'tickets:issued'
group by issued.unit, issued.d_posted, issued.c_posted
order by issued.unit
""")


class BookletRepository:
    """Booklets of one tenant, and who bought which."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def be_alone(self, code: str) -> None:
        """Wait until no other transaction makes a version of this booklet."""
        name = func.hashtextextended(f"booklet:{self._tenant_id}:{code}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, row: Booklet | BookletPurchase) -> None:
        self._session.add(row)
        self._session.flush()

    def newest(self) -> Sequence[Booklet]:
        """The last version of each, by product and size."""
        later = aliased(Booklet)
        superseded = (
            select(later.version)
            .where(
                later.tenant_id == Booklet.tenant_id,
                later.code == Booklet.code,
                later.version > Booklet.version,
            )
            .exists()
        )
        return self._session.scalars(
            select(Booklet)
            .where(Booklet.tenant_id == self._tenant_id, ~superseded)
            .order_by(Booklet.sku, Booklet.tickets, Booklet.code)
        ).all()

    def versions(self, code: str) -> Sequence[Booklet]:
        """Newest first."""
        return self._session.scalars(
            select(Booklet)
            .where(Booklet.tenant_id == self._tenant_id, Booklet.code == code)
            .order_by(Booklet.version.desc())
        ).all()

    def purchase(self, purchase_id: UUID, *, lock: bool = False) -> BookletPurchase:
        found = self._session.get(
            BookletPurchase, purchase_id, with_for_update=lock or None, populate_existing=lock
        )
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFoundError(f"no booklet {purchase_id}")
        return found

    def requested(self, customer_id: UUID, request_key: str) -> BookletPurchase | None:
        """The purchase that this form asked for, if it did."""
        return self._session.scalar(
            select(BookletPurchase).where(
                BookletPurchase.tenant_id == self._tenant_id,
                BookletPurchase.customer_id == customer_id,
                BookletPurchase.request_key == request_key,
            )
        )

    def purchases(self, customer_id: UUID, sku: str | None = None) -> Sequence[BookletPurchase]:
        """What a customer bought or wanted to, newest first; of one product where given."""
        bought = select(BookletPurchase).where(
            BookletPurchase.tenant_id == self._tenant_id,
            BookletPurchase.customer_id == customer_id,
        )
        if sku is not None:
            bought = bought.where(BookletPurchase.sku == sku)
        return self._session.scalars(bought.order_by(BookletPurchase.purchase_id.desc())).all()

    def asked_before(self, moment: datetime) -> Sequence[BookletPurchase]:
        """Lock what has waited for its money since then or longer; skip what is in use."""
        return self._session.scalars(
            select(BookletPurchase)
            .where(
                BookletPurchase.tenant_id == self._tenant_id,
                BookletPurchase.state == PurchaseState.ASKED,
                BookletPurchase.asked_at <= moment,
            )
            .order_by(BookletPurchase.purchase_id)
            .with_for_update(skip_locked=True)
        ).all()

    def in_hand(self, code: str) -> dict[str, tuple[int, int]]:
        """Of a tickets account: all and reserved ones, by product."""
        rows = self._session.execute(IN_HAND, {"tenant_id": self._tenant_id, "code": code})
        return {sku: (tickets, reserved) for sku, tickets, reserved in rows}

    def outstanding(self) -> Sequence[tuple[str, int, int, int]]:
        """By product: tickets ever issued, used up, and the fen behind the others."""
        rows = self._session.execute(OUTSTANDING, {"tenant_id": self._tenant_id})
        return [(sku, issued, used, fen) for sku, issued, used, fen in rows]
