"""Claims on bottled water: orders that did not come, came short, and deposits of buckets."""

from typing import ClassVar
from uuid import UUID

from tapline import ledger, orders
from tapline.errors import ConflictError
from tapline.ledger import Account, chart
from tapline.orders import OrderState
from tapline.refunds.claims import rules
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.quotes import Quote, of_deposit, of_order
from tapline.refunds.model import Tier

_NOT_SET_OUT = frozenset({OrderState.PAID, OrderState.ASSIGNED, OrderState.CANCELLED})
_ORDERS_MAX = 1000
"""Of a customer: deposits come with the first ones."""


class HeldCase(Case):
    """A claim on money that lies apart: held when asked for, posted when approved."""

    def begin(self) -> None:
        quote = self.refund.quote
        assert quote is not None
        for line in quote["lines"]:
            account = self.account(line["code"])
            self.hold(ledger.Hold(account, chart.REFUND_PAYABLE, line["amount_fen"]))

    def account(self, code: str) -> Account:
        """Where the money of a quote's line lies."""
        if code == "goods":
            assert self.refund.order_id is not None
            return chart.order_unearned(self.refund.order_id)
        assert self.refund.customer_id is not None
        return chart.bucket_deposit(self.refund.customer_id)

    def tier(self, amount_fen: int) -> Tier:
        return rules.tier(self.policy, amount_fen)

    def pay(self, by: str) -> None:
        self.refund.posted_fen += self.settle_holds()

    def release(self) -> None:
        self.void_holds()


class OrderCase(HeldCase):
    """A claim on an order's money, in one of the states in which there can be one."""

    states: ClassVar[frozenset[OrderState]]
    why_not: ClassVar[str]

    def quote(self) -> Quote:
        found = self._refundable()
        if found.state not in self.states:
            raise ConflictError(f"the order is {found.state.value}: {self.why_not}")
        return of_order(found.goods_fen, found.deposit_fen)

    # The order is locked before the ledger's accounts, as couriers do.

    def begin(self) -> None:
        orders.begin_refund(self.uow, tenant_id=self.refund.tenant_id, order_id=self._order_id)
        super().begin()

    def pay(self, by: str) -> None:
        quote = self.refund.quote
        assert quote is not None
        self._end(sum(x["amount_fen"] for x in quote["lines"] if x["code"] == "deposit"))
        super().pay(by)

    def release(self) -> None:
        self._end(0)
        super().release()

    def _end(self, deposit_fen: int) -> None:
        orders.end_refund(
            self.uow,
            tenant_id=self.refund.tenant_id,
            order_id=self._order_id,
            deposit_fen=deposit_fen,
        )

    def subjects(self) -> list[str]:
        return [f"order:{self._order_id}"]

    @property
    def _order_id(self) -> UUID:
        assert self.refund.order_id is not None
        return self.refund.order_id

    def _refundable(self) -> orders.Refundable:
        return orders.refundable(self.uow, tenant_id=self.refund.tenant_id, order_id=self._order_id)


class OrderCancelled(OrderCase):
    """Nothing came, and nothing shall come any more."""

    states: ClassVar[frozenset[OrderState]] = frozenset(
        {*_NOT_SET_OUT, OrderState.OUT, OrderState.FAILED}
    )
    why_not: ClassVar[str] = "it cannot be given back as a whole; say if barrels were missing"

    def tier(self, amount_fen: int) -> Tier:
        proven = self._refundable().state in _NOT_SET_OUT
        if proven and amount_fen <= self.policy.automatic_order_fen_max:
            return Tier.AUTOMATIC
        return rules.tier(self.policy, amount_fen)

    def pay(self, by: str) -> None:
        orders.cancel(
            self.uow,
            tenant_id=self.refund.tenant_id,
            order_id=self._order_id,
            by=by,
            reason=self.refund.reason,
        )
        super().pay(by)


class OrderShort(OrderCase):
    """Barrels were missing, by the courier's own count."""

    states: ClassVar[frozenset[OrderState]] = frozenset({OrderState.DELIVERED})
    why_not: ClassVar[str] = "what is missing is known once it is delivered; cancel it instead"


class DepositReturned(HeldCase):
    """Buckets are with us again: their deposits go back."""

    def quote(self) -> Quote:
        assert self.refund.customer_id is not None
        standing = orders.deposits_of(
            self.uow, tenant_id=self.refund.tenant_id, customer_id=self.refund.customer_id
        )
        return of_deposit(standing.returnable_fen)

    def subjects(self) -> list[str]:
        # Not those of orders to come: their payments may be needed whole.
        made = orders.listed(
            self.uow,
            tenant_id=self.refund.tenant_id,
            customer_id=self.refund.customer_id,
            states={OrderState.DELIVERED},
            limit=_ORDERS_MAX,
        )
        return [order.subject for order in made if order.deposit_fen]
