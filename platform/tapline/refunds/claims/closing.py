"""A card that is given up: frozen, blocked everywhere, paid back, emptied, closed.

A machine without a line cannot know that a card is blocked and may have sold to it already. So a
reserve waits until every machine keeps the list and has sent what it wrote before, or until the
offline window ends; the undisputed rest does not.
"""

from tapline import cards, clock, ledger
from tapline.cards import CardState, authorisations, blocklist, vouchers
from tapline.ledger import chart
from tapline.refunds.claims import rules
from tapline.refunds.claims.card import CardCase
from tapline.refunds.claims.case import NOTHING, Waits
from tapline.refunds.model import Tier
from tapline.refunds.repository import RefundRepository


class CardClosing(CardCase):
    """The holder of a card gives it up."""

    def begin(self) -> None:
        tenant_id = self.refund.tenant_id
        cards.begin_closing(self.uow, tenant_id=tenant_id, card_no=self.card_no)
        self.refund.list_version = blocklist.block(
            self.uow, tenant_id=tenant_id, card_no=self.card_no, reason="closing"
        )
        self.hold(ledger.Freeze(self.card_no))

    def tier(self, amount_fen: int) -> Tier:
        return rules.tier(self.policy, amount_fen) if amount_fen else Tier.AUTOMATIC

    def waits(self) -> Waits:
        refund = self.refund
        assert refund.waits_until is not None
        assert refund.list_version is not None
        if clock.now() >= refund.waits_until:
            return NOTHING
        devices = blocklist.unacknowledged(
            self.uow, tenant_id=refund.tenant_id, version=refund.list_version
        )
        voucher = vouchers.leased(self.uow, tenant_id=refund.tenant_id, card_no=self.card_no)
        reserve_fen = self.policy.closing_reserve_fen if devices else 0
        if voucher is not None:
            reserve_fen += voucher.amount_fen
        return Waits(reserve_fen, tuple(devices), voucher is not None)

    @property
    def more_to_come(self) -> bool:
        return self.card.state is CardState.CLOSING

    def pay(self, by: str) -> None:
        if not self.waits().any:
            self._empty()
            return
        self.void_holds()
        self.give(self.refund.amount_fen - self.refund.reserve_fen)
        self.hold(ledger.Freeze(self.card_no))

    def finish(self) -> bool:
        if not self.more_to_come or self.waits().any:
            return False
        self._empty()
        return True

    def release(self) -> None:
        tenant_id = self.refund.tenant_id
        self.void_holds()
        cards.reactivate(self.uow, tenant_id=tenant_id, card_no=self.card_no)
        blocklist.unblock(self.uow, tenant_id=tenant_id, card_no=self.card_no, reason="closing")

    def recover(self) -> int:
        """What was put right after the card's end first restores what was written off: its holder
        never paid for that water. How much it was, in fen; what is left is his."""
        money = ledger.card(self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no)
        back_fen = min(money.balance_fen, self.refund.written_off_fen)
        if back_fen > 0:
            back = ledger.PayBack(self.card_no, back_fen, credit=chart.CLOSING_LOSS)
            self.post("recover", back)
            self.refund.written_off_fen -= back_fen
        return max(0, back_fen)

    def _empty(self) -> None:
        """The last payment, and the end of the card: what is left of it lapses or is lost.

        Never more is paid than was approved, with the corrections that came after it. What is
        beyond stays on the card, for a claim of its own.
        """
        tenant_id = self.refund.tenant_id
        self.part_from_employers()
        self.void_holds()
        authorisations.give_up(self.uow, tenant_id=tenant_id, card_no=self.card_no)
        vouchers.give_up(self.uow, tenant_id=tenant_id, card_no=self.card_no)
        self.write_off()
        left_fen = self.quote().total_fen
        given_fen = min(left_fen, self._most_fen())
        self.give(given_fen)
        self.give_employers()
        self.forfeit(keep_fen=left_fen - given_fen)
        self.refund.reserve_fen = 0
        cards.close(self.uow, tenant_id=tenant_id, card_no=self.card_no)

    def _most_fen(self) -> int:
        refund = self.refund
        assert refund.approval is not None
        corrected_fen = RefundRepository(self.uow, refund.tenant_id).corrected_fen(
            self.card_no, since=refund.approval
        )
        return max(0, refund.amount_fen + corrected_fen - refund.posted_fen)


class AfterClosing(CardCase):
    """Money that turned up on a card after it was closed, such as a correction that came late."""

    def begin(self) -> None:
        """Nobody else can dispose of a closed card's money."""

    def tier(self, amount_fen: int) -> Tier:
        if amount_fen <= self.policy.automatic_fen_max:
            return Tier.AUTOMATIC
        return rules.tier(self.policy, amount_fen)

    def pay(self, by: str) -> None:
        self.give(self.refund.amount_fen)
        self.give_employers()
        self.forfeit()

    def release(self) -> None:
        """It stays on the closed card, for everybody to see."""
