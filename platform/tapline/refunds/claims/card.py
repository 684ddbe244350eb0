"""A claim on what is on a card: its own, and what came along from the cards that it replaced."""

from typing import ClassVar

from tapline import cards, clock, ledger, payments
from tapline.cards import Card, enterprises, topups
from tapline.ledger import Account
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.quotes import CardMoney, Quote, of_card
from tapline.refunds.model import Reason
from tapline.uow import UnitOfWork

_EMPLOYER = "enterprise:"


def money_of(uow: UnitOfWork, *, card: Card) -> CardMoney:
    """All that ever came to a card and went from it."""
    numbers = cards.lineage(uow, tenant_id=card.tenant_id, card_no=card.card_no)
    return CardMoney.of(ledger.counterparts(uow, tenant_id=card.tenant_id, card_nos=numbers))


def quote_card(uow: UnitOfWork, *, card: Card, reason: Reason) -> Quote:
    """What the holder gets back if the card is given up now."""
    tenant_id = card.tenant_id
    subjects = topups.payment_subjects(uow, tenant_id=tenant_id, card_no=card.card_no)
    routes = payments.refundable(uow, tenant_id=tenant_id, subjects=subjects)
    paid_at = [one.payment.paid_at for one in routes if one.payment.paid_at is not None]
    return of_card(
        money_of(uow, card=card),
        ours=reason.is_ours,
        last_paid_at=max(paid_at, default=card.issued_at),
        now=clock.now(),
    )


class CardCase(Case):
    """A claim on what is on a card."""

    amount_is_fixed: ClassVar[bool] = False

    def quote(self) -> Quote:
        return quote_card(self.uow, card=self.card, reason=Reason(self.refund.reason))

    def subjects(self) -> list[str]:
        return topups.payment_subjects(
            self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no
        )

    @property
    def card_no(self) -> str:
        """The number of the card."""
        assert self.refund.card_no is not None
        return self.refund.card_no

    @property
    def card(self) -> Card:
        """The card as it stands."""
        return cards.get(self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no)

    def give(self, amount_fen: int) -> None:
        """Set money of the card aside for its holder."""
        if amount_fen > 0:
            self.post("pay", ledger.PayBack(self.card_no, amount_fen))
            self.refund.posted_fen += amount_fen

    def forfeit(self, *, keep_fen: int = 0) -> None:
        """Let lapse what else is on the card, but for `keep_fen`."""
        money = ledger.card(self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no)
        if (rest_fen := money.balance_fen - keep_fen) > 0:
            self.post("forfeit", ledger.Forfeit(self.card_no, rest_fen))
            self.refund.forfeit_fen += rest_fen

    def part_from_employers(self) -> None:
        """No enterprise pays for the card any longer. Before any of its money is touched: whoever
        gives shares locks in this order."""
        tenant_id = self.refund.tenant_id
        numbers = cards.lineage(self.uow, tenant_id=tenant_id, card_no=self.card_no)
        enterprises.part(self.uow, tenant_id=tenant_id, card_nos=numbers)

    def give_employers(self) -> None:
        """What enterprises put on the card and nobody drank is theirs again."""
        tenant_id = self.refund.tenant_id
        numbers = cards.lineage(self.uow, tenant_id=tenant_id, card_no=self.card_no)
        counterparts = ledger.counterparts(self.uow, tenant_id=tenant_id, card_nos=numbers)
        left_fen = min(CardMoney.of(counterparts).employer_fen, self._worth_fen())
        for code in sorted(code for code in counterparts if code.startswith(_EMPLOYER)):
            part_fen = min(left_fen, counterparts[code])
            if part_fen > 0:
                theirs = Account(code, "C", bounded=True)
                self.post("employer", ledger.PayBack(self.card_no, part_fen, credit=theirs))
                self.refund.employer_fen += part_fen
                left_fen -= part_fen

    def write_off(self) -> int:
        """Give up what the card's holder owes; how much. The card is locked from here on."""
        written_off_fen = self.moved_fen(self.post("write_off", ledger.WriteOff(self.card_no)))
        self.refund.written_off_fen += written_off_fen
        return written_off_fen

    def _worth_fen(self) -> int:
        money = ledger.card(self.uow, tenant_id=self.refund.tenant_id, card_no=self.card_no)
        return max(0, money.balance_fen)
