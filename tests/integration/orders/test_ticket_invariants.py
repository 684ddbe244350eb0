"""I18: whatever becomes of tickets, each is somebody's, and so is every fen behind them."""

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tapline import orders, refunds
from tapline.errors import ConflictError, InvalidError
from tapline.orders import Order, OrderState, booklets, receipts
from tapline.refunds import Reason, RefundKind
from tapline.uow import Database
from tests.integration.invariants.invariants import broken_books
from tests.integration.orders.kiosk import TEN, TWENTY, Kiosk
from tests.integration.orders.shop import MORNING, SPRING
from tests.stateful import Undone, try_to_break

which = st.integers(0, 100)


class Tickets(Undone):
    """A household that buys booklets of odd prices, orders, doubts, cancels, and asks back."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, MORNING)
        self._kiosk = Kiosk(self.uow)
        self._placed: list[Order] = []
        self._prices = iter(range(10_007, 20_000, 997))

    @initialize()
    def first(self) -> None:
        self._kiosk.covers_buckets()
        self.buy(TEN)

    @rule(code=st.sampled_from([TEN, TWENTY]))
    def buy(self, code: str) -> None:
        tickets = 10 if code == TEN else 20
        self._kiosk.offers(code, tickets, next(self._prices))
        self._kiosk.sells_booklet(code)

    @rule(count=st.integers(1, 4), in_money=st.integers(0, 2))
    def order(self, count: int, in_money: int) -> None:
        with suppress(ConflictError), self.uow.attempt():
            order = self._kiosk.places(
                {SPRING: count + in_money},
                tickets={SPRING: count},
                window=orders.windows(MORNING)[0],
            )
            self._placed.append(self._kiosk.pays(order) if order.total_fen else order)

    @rule(which=which, came=st.integers(0, 6))
    def deliver(self, which: int, came: int) -> None:
        if (order := self._one(which)) is not None and order.courier_id is not None:
            counts = {SPRING: min(came, order.lines[0].quantity)}
            with suppress(ConflictError, InvalidError), self.uow.attempt():
                self._kiosk.delivers(order, came=counts)

    @rule(which=which)
    def cancel(self, which: int) -> None:
        if (order := self._one(which)) is not None:
            with suppress(ConflictError), self.uow.attempt():
                orders.cancel(self.uow, tenant_id="demo", order_id=order.order_id, reason="x")

    @rule(which=which, came=st.integers(0, 3), right=st.booleans())
    def doubt(self, which: int, came: int, right: bool) -> None:
        order = self._one(which)
        if order is None or order.state is not OrderState.DELIVERED:
            return
        with suppress(ConflictError, InvalidError), self.uow.attempt():
            receipts.doubt(
                self.uow,
                tenant_id="demo",
                customer_id=order.customer_id,
                order_id=order.order_id,
                received={SPRING: came},
                buckets_given=0,
            )
            receipts.answer(
                self.uow,
                courier=self._kiosk.courier_of(order),
                order_id=order.order_id,
                customer_is_right=right,
            )

    @rule()
    def ask_back(self) -> None:
        with suppress(ConflictError, InvalidError), self.uow.attempt():
            refunds.request(
                self.uow,
                tenant_id="demo",
                kind=RefundKind.TICKET_UNUSED,
                customer_id=self._kiosk.customer.customer_id,
                ticket_sku=SPRING,
                reason=Reason.NOT_NEEDED,
                actor=f"customer:{self._kiosk.customer.customer_id}",
            )

    @invariant()
    def every_ticket_is_somewhere(self) -> None:
        for found in booklets.outstanding(self.uow, tenant_id="demo"):
            mine = self._kiosk.mine()
            assert found.tickets == mine.count
            assert found.prepaid_fen == self._kiosk.prepaid_fen()

    @invariant()
    def who_has_no_ticket_free_has_no_money_behind_one(self) -> None:
        mine = self._kiosk.mine()
        assert mine.free or not mine.free_fen
        assert mine.count or not self._kiosk.prepaid_fen()

    @invariant()
    def what_an_order_used_up_is_what_came(self) -> None:
        uses = booklets.history(
            self.uow,
            tenant_id="demo",
            customer_id=self._kiosk.customer.customer_id,
            sku=SPRING,
        )
        for order in self._placed:
            now = self._kiosk.order(order)
            used = -sum(use.change for use in uses if use.order_id == order.order_id)
            line = now.lines[0]
            assert used == line.redeemed(line.delivered or 0)

    @invariant()
    def the_books_are_whole(self) -> None:
        assert broken_books(self.uow) == []

    def _one(self, which: int) -> Order | None:
        if not self._placed:
            return None
        return self._kiosk.order(self._placed[which % len(self._placed)])


def test_every_ticket_and_every_fen_behind_it_is_accounted_for(database: Database) -> None:
    try_to_break(Tickets, database, few=6, steps=15)
