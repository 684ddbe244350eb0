"""Whatever customers and couriers do, in whatever order: all money is somebody's, to the end."""

from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from tapline import clock, orders
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.orders import FailReason, Order, OrderState
from tapline.uow import Database
from tests.integration.invariants.invariants import broken_books
from tests.integration.orders.shop import MORNING, PURE, SPRING, Shop
from tests.stateful import Undone, try_to_break

which = st.integers(0, 100)
UNDELIVERED = {OrderState.PAID, OrderState.ASSIGNED, OrderState.OUT, OrderState.FAILED}
ON_A_LIST = {OrderState.ASSIGNED, OrderState.OUT, OrderState.FAILED}


class Trade(Undone):
    """One household and its orders. Impossible acts are refused and change nothing."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, MORNING)
        self._shop = Shop(self.uow)
        self._placed: list[Order] = []
        self._handed = 0

    def teardown(self) -> None:
        try:
            self._everything_ends()
        finally:
            super().teardown()

    @initialize()
    def first(self) -> None:
        self.place(2, 0)

    @rule(spring=st.integers(1, 3), pure=st.integers(0, 2))
    def place(self, spring: int, pure: int) -> None:
        wanted = {SPRING: spring} | ({PURE: pure} if pure else {})
        window = orders.windows(clock.now())[0]
        self._placed.append(self._shop.places(wanted, window=window))

    @rule(which=which)
    def pay(self, which: int) -> None:
        """In time, or when it is cancelled and forgotten."""
        order = self._one(which)
        if order.payment_id is None:
            self._shop.pays(order)

    @rule(which=which)
    def depart(self, which: int) -> None:
        order = self._one(which)
        if order.courier_id is not None:
            with suppress(ConflictError):
                courier = self._shop.courier_of(order)
                orders.depart(self._shop.uow, courier=courier, order_id=order.order_id)

    @rule(which=which, came=st.integers(0, 3), empties=st.integers(0, 3), twice=st.booleans())
    def deliver(self, which: int, came: int, empties: int, twice: bool) -> None:
        order = self._one(which)
        if order.courier_id is None:
            return
        counts = {line.sku: line.quantity for line in order.lines}
        counts[SPRING] = min(came, counts[SPRING])
        fresh = order.state in ON_A_LIST - {OrderState.FAILED} and any(counts.values())
        for _ in range(1 + twice):
            with suppress(ConflictError, InvalidError):
                self._shop.delivers(order, came=counts, empties=empties)
        if fresh:
            self._handed += counts[SPRING] - empties

    @rule(which=which)
    def come_in_vain(self, which: int) -> None:
        order = self._one(which)
        if order.courier_id is not None:
            with suppress(ConflictError):
                orders.fail(
                    self._shop.uow,
                    courier=self._shop.courier_of(order),
                    order_id=order.order_id,
                    reason=FailReason.NOT_HOME,
                )

    @rule(which=which)
    def try_again(self, which: int) -> None:
        order = self._one(which)
        if order.courier_id is not None:
            with suppress(ConflictError):
                courier = self._shop.courier_of(order)
                orders.resume(self._shop.uow, courier=courier, order_id=order.order_id)

    @rule(which=which)
    def cancel(self, which: int) -> None:
        with suppress(ConflictError):
            orders.cancel(
                self._shop.uow, tenant_id="demo", order_id=self._one(which).order_id, reason="x"
            )

    @rule(which=which)
    def refund(self, which: int) -> None:
        """What is decided only where the order is over."""
        order = self._one(which)
        if order.state in {OrderState.DELIVERED, OrderState.CANCELLED}:
            self._shop.refunds(order)

    @rule(hours=st.integers(1, 9))
    def time_passes(self, hours: int) -> None:
        clock.advance(timedelta(hours=hours))
        orders.sweep_unpaid(self._shop.uow, tenant_id="demo")
        orders.sweep_late(self._shop.uow, tenant_id="demo")

    @rule(buckets=st.integers(1, 3))
    def bring_empties(self, buckets: int) -> None:
        orders.take_back(
            self._shop.uow,
            tenant_id="demo",
            customer_id=self._shop.customer.customer_id,
            buckets=buckets,
            staff=self._shop.couriers[0],
            request_key=f"empties-{clock.now().isoformat()}-{self._handed}-{buckets}",
        )
        self._handed = self._buckets()

    @rule()
    def take_deposit_back(self) -> None:
        """What the shop says is free, and afterwards nothing more is."""
        before = self._shop.deposits()
        self._shop.gives_back(self._deposit, before.returnable_fen)
        after = self._shop.deposits()
        assert after.returnable_fen == 0
        assert after.owed == before.owed
        promised = [o for o in map(self._shop.order, self._placed) if o.state in UNDELIVERED]
        held_fen = self._shop.balances().get(self._deposit.code, 0)
        assert held_fen >= sum(order.deposit_fen for order in promised)

    @invariant()
    def the_books_are_whole(self) -> None:
        assert broken_books(self.uow) == []

    @invariant()
    def money_is_somebodys(self) -> None:
        held = self._shop.balances()
        taken = held.pop("psp:wechat", 0)
        money = {code: fen for code, fen in held.items() if not code.startswith("bucket:")}
        assert sum(money.values()) == taken
        assert all(fen >= 0 for fen in money.values())

    @invariant()
    def what_is_over_and_whole_holds_nothing(self) -> None:
        for order in map(self._shop.order, self._placed):
            whole = all(line.delivered == line.quantity for line in order.lines)
            if order.state is OrderState.PLACED or whole:
                assert self._shop.unearned_fen(order) == 0

    @invariant()
    def buckets_are_counted_once(self) -> None:
        assert self._buckets() == self._handed

    @precondition(lambda self: self._placed)
    @invariant()
    def a_broken_promise_is_marked(self) -> None:
        orders.sweep_late(self._shop.uow, tenant_id="demo")
        for order in map(self._shop.order, self._placed):
            waits = order.state in ON_A_LIST
            over = order.window_end + timedelta(minutes=30) < clock.now()
            assert not (waits and over) or order.late_since == order.window_end

    @property
    def _deposit(self) -> chart.Account:
        return chart.bucket_deposit(self._shop.customer.customer_id)

    def _one(self, which: int) -> Order:
        return self._shop.order(self._placed[which % len(self._placed)])

    def _buckets(self) -> int:
        code = chart.buckets_at(self._shop.customer.customer_id).code
        return self._shop.balances().get(code, 0)

    def _everything_ends(self) -> None:
        """Undelivered orders are cancelled, all is refunded, all buckets come back."""
        for order in map(self._shop.order, self._placed):
            if order.state is not OrderState.DELIVERED:
                orders.cancel(
                    self._shop.uow, tenant_id="demo", order_id=order.order_id, reason="the end"
                )
            self._shop.refunds(order)
            assert self._shop.unearned_fen(order) == 0
        if (left := self._buckets()) > 0:
            self.bring_empties(left)
        self.take_deposit_back()
        held = self._shop.balances()
        assert held.get("psp:wechat", 0) == held.get("rev:bottled", 0)
        assert self._deposit.code not in held


def test_all_money_of_orders_is_accounted_for_to_the_end(database: Database) -> None:
    try_to_break(Trade, database, few=12)
