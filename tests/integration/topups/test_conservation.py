"""Whatever is done with money onto cards, in whichever order: every fen has one place."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)

from tapline import people, refunds
from tapline.cards import enterprises, tills, topups
from tapline.cards.topups import Channel, TopUp, TopUpState
from tapline.cards.vouchers import Voucher
from tapline.errors import ConflictError, InvalidError
from tapline.ledger import chart
from tapline.people import Role
from tapline.refunds import RefundKind, RefundState
from tapline.uow import Database
from tests.integration.consequences import drain
from tests.integration.invariants.invariants import broken
from tests.integration.refunds.counter import CARD, NOON
from tests.integration.topups.booth import ONLINE, Booth
from tests.stateful import Undone, try_to_break

some_cards = st.sampled_from([CARD, ONLINE])


class Moneys(Undone):
    """A purse, a balance with us, an employer, a till, a machine, a provider."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, NOON)
        self.booth = Booth(self.uow)
        self.booth.promises(per_mille=150)
        self.courier = people.create_staff(
            self.uow, tenant_id="demo", login="xu", name="小徐", role=Role.COURIER
        )[0]
        self.till = tills.open_for(self.uow, tenant_id="demo", staff=self.courier)
        self.firm = enterprises.create(
            self.uow,
            tenant_id="demo",
            name="机床厂",
            legal_entity="机床厂",
            contact_name="钱",
            contact_phone="13900139000",
            actor="finance",
        )
        enterprises.record_deposit(
            self.uow,
            tenant_id="demo",
            enterprise_id=self.firm.enterprise_id,
            amount_fen=20_000,
            bank_reference="1",
            received_on=date(2026, 11, 1),
            actor="finance",
        )
        self.asked: list[TopUp] = []
        self.out: Voucher | None = None
        self.keys = 0
        self.written_fen = 0
        self.purse_drawn_fen = 0

    # Money in.

    @rule(card_no=some_cards, amount_fen=st.integers(100, 9000), pays=st.booleans())
    def the_customer_tops_up(self, card_no: str, amount_fen: int, pays: bool) -> None:
        try:
            topup = self.booth.asks_to_pay(amount_fen, card_no)
        except (InvalidError, ConflictError):
            return
        if pays:
            self.booth.money_comes(topup)
        else:
            self.asked.append(topup)

    @precondition(lambda self: self.asked)
    @rule()
    def late_money_comes(self) -> None:
        self.booth.money_comes(self.asked.pop())

    @rule(card_no=some_cards, amount_fen=st.integers(100, 9000), undo=st.booleans())
    def cash_is_taken(self, card_no: str, amount_fen: int, undo: bool) -> None:
        self.keys += 1
        self.booth.passes(seconds=1)
        try:
            with self.uow.attempt():
                topup = topups.take_cash(
                    self.uow,
                    tenant_id="demo",
                    card_no=card_no,
                    amount_fen=amount_fen,
                    staff=self.courier,
                    request_key=f"cash-{self.keys}",
                )
                if undo:
                    topups.undo_cash(
                        self.uow,
                        tenant_id="demo",
                        topup_id=topup.topup_id,
                        staff=self.courier,
                        reason="x",
                    )
        except (InvalidError, ConflictError):
            return

    @rule(card_no=some_cards)
    def the_employer_pays_for_a_card(self, card_no: str) -> None:
        try:
            enterprises.join(
                self.uow,
                tenant_id="demo",
                enterprise_id=self.firm.enterprise_id,
                card_no=card_no,
                monthly_fen=3000,
                actor="finance",
            )
        except ConflictError:
            return

    @rule(leave=st.booleans(), days=st.sampled_from([0, 16]))
    def shares_are_given_or_members_leave(self, leave: bool, days: int) -> None:
        self.booth.passes(days=days, seconds=1)
        firm_id = self.firm.enterprise_id
        if not leave:
            enterprises.allot(self.uow, tenant_id="demo", enterprise_id=firm_id)
            return
        for member in enterprises.members(self.uow, tenant_id="demo", enterprise_id=firm_id):
            enterprises.leave(self.uow, tenant_id="demo", member_id=member.member_id, actor="f")

    # Machines.

    @precondition(lambda self: self.out is None)
    @rule()
    def the_card_is_tapped(self) -> None:
        self.out = self.booth.taps()

    @precondition(lambda self: self.out is not None)
    @rule(written=st.booleans())
    def the_machine_writes_or_proves_that_it_did_not(self, written: bool) -> None:
        assert self.out is not None
        if written:
            self.booth.writes(self.out)
            self.written_fen += self.out.amount_fen
        else:
            self.booth.sees_no_write(self.out)
        self.out = None

    @rule(amount_fen=st.integers(1, 3000), online=st.booleans())
    def water_is_drawn(self, amount_fen: int, online: bool) -> None:
        if online:
            self.booth.draws_online(amount_fen)
        elif self.purse_drawn_fen + amount_fen <= self.written_fen:  # a chip has no more
            self.booth.arrives(self.booth.pours("B", amount_fen))
            self.purse_drawn_fen += amount_fen

    # Money out.

    @rule(card_no=some_cards, part_fen=st.none() | st.integers(1, 4000), data=st.data())
    def the_customer_wants_money_back(
        self, card_no: str, part_fen: int | None, data: st.DataObject
    ) -> None:
        landed = [
            one
            for one in topups.of_card(self.uow, tenant_id="demo", card_no=card_no)
            if one.state is TopUpState.LANDED
        ]
        kind: RefundKind = RefundKind.CARD_PARTIAL
        about: dict[str, object] = {"card_no": card_no, "wanted_fen": part_fen}
        chosen: TopUp | None = data.draw(st.sampled_from([None, *landed]))
        if chosen is not None:
            kind, about = RefundKind.LOAD_CANCEL, {"topup_id": chosen.topup_id}
        try:
            with self.uow.attempt():
                self.booth.asks_back(kind, **about)
        except (InvalidError, ConflictError):
            return

    @rule(approve=st.booleans())
    def somebody_decides(self, approve: bool) -> None:
        for refund in refunds.review_queue(self.uow, tenant_id="demo"):
            self.booth.decides(refund, approve=approve, role=Role.SUPERVISOR, reason="x")

    @rule()
    def everything_is_said_again(self) -> None:
        self.booth.sweeps()
        for topup in topups.listed(self.uow, tenant_id="demo"):
            if topup.payment_id is not None:
                topups.on_paid(
                    self.uow,
                    tenant_id="demo",
                    payment_id=topup.payment_id,
                    subject=topup.subject,
                )
        topups.lapse(self.uow, tenant_id="demo")
        drain(self.uow)

    # What must hold.

    @invariant()
    def what_came_in_is_on_a_card_was_drunk_or_went_back(self) -> None:
        paid = [one for one in topups.listed(self.uow, tenant_id="demo") if one.landed_at]
        kept = [one for one in paid if one.state is TopUpState.LANDED]
        at_firm_fen = self.booth.balance_fen(chart.enterprise(self.firm.enterprise_id))
        came_fen = sum(one.amount_fen for one in kept) + 20_000
        bonus_fen = self.booth.balance_fen(chart.BONUS)
        drawn_fen = self.booth.balance_fen(chart.WATER)
        worth_fen = sum(self.booth.has(card_no).balance_fen for card_no in (CARD, ONLINE))
        assert worth_fen == (
            came_fen - at_firm_fen + bonus_fen - drawn_fen - self.booth.payable_fen
        )

    @invariant()
    def what_is_payable_is_what_was_decided(self) -> None:
        claims = refunds.listed(self.uow, tenant_id="demo", limit=1000)
        assert self.booth.payable_fen == sum(one.posted_fen for one in claims)
        for one in claims:
            if one.state in {RefundState.WITHDRAWN, RefundState.REJECTED}:
                assert (one.posted_fen, one.holds) == (0, [])

    @invariant()
    def the_till_holds_the_cash_that_was_not_undone(self) -> None:
        cash = [
            one
            for one in topups.listed(self.uow, tenant_id="demo")
            if one.channel is Channel.CASH and one.state is TopUpState.LANDED
        ]
        content = self.booth.balance_fen(chart.cash(str(self.till.till_id)))
        assert content == sum(one.amount_fen for one in cash)

    @invariant()
    def no_purse_is_below_nothing_and_the_chip_holds_what_was_written(self) -> None:
        for card_no in (CARD, ONLINE):
            assert min(self.booth.purse_fen(card_no)) >= 0
        principal_fen, bonus_fen, *_, receivable_fen = self.booth.purse_fen(CARD)
        chip_fen = self.written_fen - self.purse_drawn_fen
        assert principal_fen + bonus_fen - receivable_fen == chip_fen

    @invariant()
    def the_books_are_whole(self) -> None:
        assert broken(self.uow) == []


def test_no_fen_is_lost_or_given_twice(database: Database) -> None:
    try_to_break(Moneys, database, few=5)
