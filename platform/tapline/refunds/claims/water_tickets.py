"""Claims on water tickets: those that are not used, and booklets that were paid twice."""

from uuid import UUID

from tapline import clock, ledger, orders, payments
from tapline.errors import ConflictError
from tapline.ledger import Account, chart
from tapline.orders import booklets
from tapline.orders.booklets import BookletPurchase, InHand, PurchaseState
from tapline.refunds.claims import rules
from tapline.refunds.claims.barrels import HeldCase
from tapline.refunds.claims.quotes import UNUSED_WITHIN, Quote, of_second_payment, of_tickets
from tapline.refunds.model import Tier


class TicketsUnused(HeldCase):
    """Every ticket of a product that its holder has free. They are held while it is decided."""

    def begin(self) -> None:
        free, earned_fen = self._free(), self._earned_fen
        if earned_fen:
            cash = chart.ticket_cash(self._customer, self._sku)
            self.hold(ledger.Hold(cash, chart.BOTTLED, earned_fen))
        self.hold(ledger.HoldTickets(self._customer, self._sku, free.free, to=chart.REFUND_PAYABLE))
        held_fen = sum(self.moved_fen(key) for key in self.refund.holds)
        if held_fen != self.refund.amount_fen + earned_fen:  # an order came between
            raise ConflictError("your tickets have changed just now: look again and ask anew")

    def quote(self) -> Quote:
        free, issued = self._free(), self._issued()
        fresh = sum(
            one.tickets
            for one in issued
            if one.issued_at and clock.now() - one.issued_at <= UNUSED_WITHIN
        )
        dearer_fen = 0
        if self.policy.tickets_used_at == "barrel":
            bought = [(one.tickets, one.price_fen) for one in issued]
            dearer_fen = booklets.used_dearer_fen(bought, free.count, self._barrel_fen())
        unused = 0 < free.free == free.count == fresh
        return of_tickets(free.free_fen, dearer_fen=dearer_fen, unused=unused)

    def pay(self, by: str) -> None:
        self.refund.posted_fen += self.settle_holds() - self._earned_fen

    def tier(self, amount_fen: int) -> Tier:
        routes = payments.refundable(
            self.uow, tenant_id=self.refund.tenant_id, subjects=self.subjects()
        )
        known_fen = sum(route.remaining_fen for route in routes if route.obstacle is None)
        most_fen = min(known_fen, self.policy.automatic_tickets_fen_max)
        return Tier.AUTOMATIC if amount_fen <= most_fen else rules.tier(self.policy, amount_fen)

    def subjects(self) -> list[str]:
        return [one.subject for one in self._issued()]

    def _free(self) -> InHand:
        mine = booklets.in_hand(
            self.uow, tenant_id=self.refund.tenant_id, customer_id=self._customer
        )
        nothing = InHand(self._sku, 0, 0, 0)
        return next((one for one in mine if one.sku == self._sku), nothing)

    @property
    def _earned_fen(self) -> int:
        """What the used tickets count more: it is earned when the rest goes back."""
        quote = self.refund.quote
        assert quote is not None
        used = (x["amount_fen"] for x in quote["lines"] if x["code"] == "used_by_barrel")
        return -int(sum(used))

    def _barrel_fen(self) -> int:
        """What a barrel costs without a ticket."""
        products = orders.products_of(self.uow, tenant_id=self.refund.tenant_id)
        return next(one.price_fen for one in products if one.sku == self._sku)

    def _issued(self) -> list[BookletPurchase]:
        bought = booklets.of_customer(
            self.uow,
            tenant_id=self.refund.tenant_id,
            customer_id=self._customer,
            sku=self._sku,
        )
        return [one for one in bought if one.state is PurchaseState.ISSUED]

    @property
    def _sku(self) -> str:
        assert self.refund.ticket_sku is not None
        return self.refund.ticket_sku

    @property
    def _customer(self) -> UUID:
        assert self.refund.customer_id is not None
        return self.refund.customer_id


class PaidAgain(HeldCase):
    """A second payment of a booklet, which brought nothing."""

    def quote(self) -> Quote:
        code = self.account("paid_again").code
        found = ledger.balances(self.uow, tenant_id=self.refund.tenant_id, codes=[code])
        return of_second_payment(found[code].available if code in found else 0)

    def account(self, code: str) -> Account:
        assert self.refund.booklet_id is not None
        return chart.booklet(self.refund.booklet_id)

    def tier(self, amount_fen: int) -> Tier:
        return Tier.AUTOMATIC

    def subjects(self) -> list[str]:
        return [f"booklet:{self.refund.booklet_id}"]
