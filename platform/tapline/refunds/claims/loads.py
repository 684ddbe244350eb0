"""Money that goes back from a card that lives on: a top-up, all that waits for a tap, or a part.

Whatever is on a chip can be spent at a machine without a line, so of a purse only what waits can
go back. It is held when asked for, so no machine is handed it any more; what a machine has been
handed already is waited for, and goes back only if it was not written. Bonus goes with the money
that earned it.
"""

from typing import ClassVar

from tapline import clock, ledger, payments
from tapline.cards import enterprises, topups, vouchers
from tapline.cards.topups import Channel, Landing, TopUp, TopUpState
from tapline.errors import ConflictError
from tapline.ledger import Account, chart
from tapline.refunds.claims import rules
from tapline.refunds.claims.barrels import HeldCase
from tapline.refunds.claims.card import CardCase, money_of
from tapline.refunds.claims.case import NOTHING, Waits
from tapline.refunds.claims.quotes import (
    UNUSED_WITHIN,
    Quote,
    of_load,
    of_part,
    of_stranded,
)
from tapline.refunds.model import Tier


class PartCase(CardCase):
    """Part of what a card is worth."""

    def begin(self) -> None:
        self.catch_up()

    def catch_up(self) -> None:
        """Hold what is asked for and free by now, with the bonus that goes with it.

        The card is locked before its accounts, as it is where a voucher is leased.
        """
        topups.lasting(self.uow, self.refund.tenant_id, self.card_no)
        missing_fen = self.quote().total_fen - self._held_fen(chart.REFUND_PAYABLE)
        part_fen = min(missing_fen, self._available(self.landing.paid))
        if part_fen <= 0:
            return
        bonus_fen = min(self.bonus_with(part_fen), self._available(self.landing.bonus))
        self.hold(ledger.Hold(self.landing.paid, chart.REFUND_PAYABLE, part_fen))
        if bonus_fen > 0:
            self.hold(ledger.Hold(self.landing.bonus, chart.BONUS, bonus_fen))

    def quote(self) -> Quote:
        money = money_of(self.uow, card=self.card)
        return of_part(money, free_fen=self.free_fen, wanted_fen=self.refund.wanted_fen)

    def bonus_with(self, part_fen: int) -> int:
        """The bonus that goes with so much of the money that can go back; rounded down."""
        bonus_fen = self._available(self.landing.bonus)
        if self.card.kind.has_purse:  # what else waits was earned with money that stays
            waiting = topups.unwritten(
                self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no
            )
            bonus_fen = min(bonus_fen, sum(one.bonus_fen for one in waiting))
        return bonus_fen * part_fen // self._available(self.landing.paid)

    def tier(self, amount_fen: int) -> Tier:
        return rules.tier(self.policy, amount_fen)

    def waits(self) -> Waits:
        """All of it waits while a machine may be writing some of it to the card."""
        missing_fen = self.refund.amount_fen - self._held_fen(chart.REFUND_PAYABLE)
        if self._leased_fen and missing_fen > self._available(self.landing.paid):
            return Waits(self.refund.amount_fen, voucher=True)
        return NOTHING

    def pay(self, by: str) -> None:
        """Settle what is held, up to what was approved; the rest is free again."""
        self.catch_up()
        held_fen = self._held_fen(chart.REFUND_PAYABLE)
        left_fen = paid_fen = min(self.refund.amount_fen, held_fen)
        for key in self.refund.holds:
            to, total_fen = self._hold(key)
            share_fen = min(left_fen, total_fen)
            if to == chart.BONUS.code:
                share_fen = total_fen * paid_fen // held_fen
            self.post("pay", ledger.Settle(key, share_fen) if share_fen else ledger.Void(key))
            if to == chart.BONUS.code:
                self.refund.forfeit_fen += share_fen
            else:
                self.refund.posted_fen += share_fen
                left_fen -= share_fen
        self.refund.holds = []

    def release(self) -> None:
        self.void_holds()

    @property
    def landing(self) -> Landing:
        """Where money for the card lands, and where it can be had from."""
        return topups.landing(self.card)

    @property
    def free_fen(self) -> int:
        """What this claim may still get: held by it, free, or out at a machine for the moment;
        but not what enterprises let wait."""
        found_fen = self._held_fen(chart.REFUND_PAYABLE)
        found_fen += self._available(self.landing.paid) + self._leased_fen
        return found_fen - enterprises.unwritten_fen(
            self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no
        )

    @property
    def _leased_fen(self) -> int:
        """The holder's own money in the voucher that is out at a machine."""
        voucher = vouchers.leased(self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no)
        return voucher.amount_fen - voucher.bonus_fen if voucher else 0

    def _available(self, account: Account) -> int:
        found = ledger.balances(self.uow, tenant_id=self.refund.tenant_id, codes=[account.code])
        return found[account.code].available if found else 0

    def _held_fen(self, account: Account) -> int:
        holds = (self._hold(key) for key in self.refund.holds)
        return sum(fen for to, fen in holds if to == account.code)

    def _hold(self, key: str) -> tuple[str, int]:
        """Where a hold of this claim leads, and how much it is."""
        lines = ledger.entries_for_keys(self.uow, tenant_id=self.refund.tenant_id, keys=[key])[key]
        return next((line.code, line.amount) for line in lines if line.side == "C")


class CardPartial(PartCase):
    """The holder wants some of his money, and keeps the card."""


class WaitingReturned(PartCase):
    """All that waits for a tap goes back the way it was paid."""

    def tier(self, amount_fen: int) -> Tier:
        routes = payments.refundable(
            self.uow, tenant_id=self.refund.tenant_id, subjects=self.subjects()
        )
        known_fen = sum(route.remaining_fen for route in routes if route.obstacle is None)
        most_fen = min(known_fen, self.policy.automatic_load_cancel_fen_max)
        return Tier.AUTOMATIC if amount_fen <= most_fen else rules.tier(self.policy, amount_fen)

    def quote(self) -> Quote:
        if not self.card.kind.has_purse:
            raise ConflictError("nothing waits for this card: its balance is there at once")
        return super().quote()


class TopUpReturned(WaitingReturned):
    """One top-up goes back, as far as it is not used."""

    def catch_up(self) -> None:
        topups.get(
            self.uow,
            tenant_id=self.refund.tenant_id,
            topup_id=self.topup.topup_id,
            lock=True,
        )
        super().catch_up()

    def quote(self) -> Quote:
        if self.topup.state is not TopUpState.LANDED:
            raise ConflictError(f"this top-up is {self.topup.state.value}: look at it again")
        paid_at = self.topup.paid_at
        assert paid_at is not None
        return of_load(
            money_of(self.uow, card=self.card),
            left_fen=self._left_fen,
            free_fen=self.free_fen,
            fresh=clock.now() - paid_at <= UNUSED_WITHIN,
        )

    def bonus_with(self, part_fen: int) -> int:
        return self.topup.bonus_fen * part_fen // self.topup.amount_fen

    def pay(self, by: str) -> None:
        before_fen = self.refund.posted_fen
        super().pay(by)
        topups.note_returned(
            self.uow,
            tenant_id=self.refund.tenant_id,
            topup_id=self.topup.topup_id,
            amount_fen=self.refund.posted_fen - before_fen,
        )

    def subjects(self) -> list[str]:
        return [self.topup.subject]

    @property
    def topup(self) -> TopUp:
        """What it is about."""
        assert self.refund.topup_id is not None
        return topups.get(self.uow, tenant_id=self.refund.tenant_id, topup_id=self.refund.topup_id)

    @property
    def _left_fen(self) -> int:
        """Of the top-up, what has not gone back by whichever claim."""
        topup = self.topup
        left_fen = topup.amount_fen - topup.returned_fen
        if topup.channel is Channel.CASH:
            return left_fen
        routes = payments.refundable(self.uow, tenant_id=topup.tenant_id, subjects=self.subjects())
        return min(left_fen, sum(route.remaining_fen for route in routes))


class StrandedReturned(HeldCase):
    """A top-up that no card got, because the card had ended."""

    amount_is_fixed: ClassVar[bool] = True

    def quote(self) -> Quote:
        code = self.account("topup").code
        found = ledger.balances(self.uow, tenant_id=self.refund.tenant_id, codes=[code])
        return of_stranded(found[code].available if code in found else 0)

    def account(self, code: str) -> Account:
        assert self.refund.topup_id is not None
        return chart.topup(self.refund.topup_id)

    def tier(self, amount_fen: int) -> Tier:
        return Tier.AUTOMATIC

    def subjects(self) -> list[str]:
        return [f"topup:{self.refund.topup_id}"]
