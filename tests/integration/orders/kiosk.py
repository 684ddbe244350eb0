"""The shop with booklets of water tickets on its shelf."""

from tapline import people
from tapline.ledger import chart
from tapline.orders import booklets
from tapline.orders.booklets import BookletPurchase, InHand
from tapline.people import Role, Staff
from tapline.uow import UnitOfWork
from tests.integration.consequences import drain
from tests.integration.orders.shop import SPRING, Shop
from tests.paying import money_arrives

TEN, TWENTY = "SPRING-10", "SPRING-20"
TEN_FEN, TWENTY_FEN = 18_000, 33_333


class Kiosk(Shop):
    """Sells booklets of ten and of twenty tickets for spring water, and knows an agent."""

    def __init__(self, uow: UnitOfWork) -> None:
        super().__init__(uow)
        self.offers(TEN, 10, TEN_FEN)
        self.offers(TWENTY, 20, TWENTY_FEN)
        self.agent: Staff = people.create_staff(
            uow, tenant_id="demo", login="lin.xia", name="林夏", role=Role.AGENT
        )[0]

    def offers(self, code: str, tickets: int, price_fen: int) -> booklets.Booklet:
        return booklets.put(
            self.uow, tenant_id="demo", code=code, sku=SPRING, tickets=tickets, price_fen=price_fen
        )

    def asks_for(self, code: str, *, key: str | None = None) -> BookletPurchase:
        """The form is sent; the money is to come."""
        self._keys += 1
        (terms,) = [b for b in booklets.offered(self.uow, tenant_id="demo") if b.code == code]
        return booklets.ask(
            self.uow,
            tenant_id="demo",
            customer_id=self.customer.customer_id,
            code=code,
            version=terms.version,
            provider="wechat",
            request_key=key or f"booklet-{self._keys}",
        )

    def sells_booklet(self, code: str = TEN) -> BookletPurchase:
        """Asked for, paid, and handled by a worker."""
        bought = self.asks_for(code)
        money_arrives(self.uow, bought.subject)
        drain(self.uow)
        return self.purchase(bought)

    def purchase(self, bought: BookletPurchase) -> BookletPurchase:
        return booklets.purchase(self.uow, tenant_id="demo", purchase_id=bought.purchase_id)

    def mine(self) -> InHand:
        """The customer's tickets for spring water."""
        found = booklets.in_hand(self.uow, tenant_id="demo", customer_id=self.customer.customer_id)
        return next((one for one in found if one.sku == SPRING), InHand(SPRING, 0, 0, 0))

    def prepaid_fen(self) -> int:
        """What the books hold for tickets that are not used."""
        code = chart.ticket_cash(self.customer.customer_id, SPRING).code
        return self.balances().get(code, 0)

    def covers_buckets(self) -> None:
        """An earlier order left three buckets with their deposits."""
        self.delivers(self.bought({SPRING: 3}))
        self.revenue_fen = self.balances()[chart.BOTTLED.code]

    def earned_fen(self) -> int:
        """Revenue since then."""
        return self.balances().get(chart.BOTTLED.code, 0) - self.revenue_fen
