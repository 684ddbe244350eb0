"""A counter where cards are topped up: payments, cash, taps and writes."""

import itertools
from datetime import timedelta

from tapline import cards, clock, ledger, refunds
from tapline.cards import CardKind, campaigns, topups, vouchers
from tapline.cards.campaigns import Campaign, Terms
from tapline.cards.topups import TopUp
from tapline.cards.vouchers import Tap, Voucher
from tapline.devices import Standing
from tapline.ledger import chart
from tapline.money import Fen
from tapline.refunds import Reason, Refund, RefundKind
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.refunds.counter import CARD, Counter
from tests.paying import money_arrives

ONLINE = "77001234"
"""A card of the same holder whose balance is with us."""


class Booth(Counter):
    """The counter, and a second card of its customer: one with a purse, one without."""

    def __init__(self, uow: UnitOfWork, *, balance_fen: int = 0) -> None:
        super().__init__(uow, balance_fen=balance_fen)
        self._forms = itertools.count()
        self._taps = itertools.count()
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=ONLINE,
            kind=CardKind.ID,
            balance_fen=Fen(0),
            customer_id=self.holder.customer_id,
        )
        drain(uow)

    def passes(self, **by: float) -> None:
        """A moment at least lies between what people and machines do."""
        clock.advance(timedelta(**by))

    def asks_to_pay(self, amount_fen: int, card_no: str = CARD, key: str | None = None) -> TopUp:
        self.passes(seconds=1)
        return topups.ask(
            self.uow,
            tenant_id="demo",
            card_no=card_no,
            amount_fen=amount_fen,
            customer_id=self.holder.customer_id,
            provider="wechat",
            request_key=key or f"form-{next(self._forms)}",
        )

    def tops_up(self, amount_fen: int, card_no: str = CARD) -> TopUp:
        """Asked, paid, and taken up."""
        topup = self.asks_to_pay(amount_fen, card_no)
        self.money_comes(topup)
        return topup

    def money_comes(self, topup: TopUp) -> None:
        self.passes(seconds=1)
        money_arrives(self.uow, topup.subject)
        drain(self.uow)

    def promises(self, *, per_mille: int = 200, paid_fen_min: int = 1000) -> Campaign:
        """A campaign that two people stand for."""
        terms = Terms(
            name="充值有礼",
            since=clock.now(),
            until=clock.now() + timedelta(days=30),
            paid_fen_min=paid_fen_min,
            per_mille=per_mille,
            customer_fen_max=100_000,
        )
        made = campaigns.propose(
            self.uow, tenant_id="demo", terms=terms, actor="finance", reason="开学季"
        )
        return campaigns.approve(
            self.uow, tenant_id="demo", campaign_id=made.campaign_id, actor="supervisor"
        )

    def taps(self, device_id: str = "A", card_no: str = CARD) -> Voucher | None:
        """The card is tapped: what a machine may write to it, if anything."""
        self.passes(seconds=1)
        tap = Tap(device_id, f"tap-{next(self._taps)}", card_no)
        (voucher,) = vouchers.ask(self.uow, tenant_id="demo", taps=[tap])
        return voucher

    def writes(self, voucher: Voucher) -> None:
        """The machine writes it and says so."""
        self.passes(seconds=1)
        self.arrives(self.loads(voucher))

    def sees_no_write(self, voucher: Voucher) -> None:
        """After the lease the machine greets us, and has written nothing."""
        self.passes(hours=1)
        vouchers.release_expired(
            self.uow, tenant_id="demo", standing={voucher.device_id: Standing(seq_head=0, upto=0)}
        )

    def draws_online(self, amount_fen: int) -> None:
        """Water is drawn with the card whose balance is with us."""
        self.passes(seconds=1)
        self._seqs["B"] += 1
        fact = factories.fact(
            "B",
            self._seqs["B"],
            ONLINE,
            atc=None,
            before_fen=0,
            bal_before_fen=None,
            bal_after_fen=None,
            amt_fen=amount_fen,
            card_kind="id",
        )
        self.arrives(fact)

    def asks_back(self, kind: RefundKind, **about: object) -> Refund:
        """The customer asks for money of a card that he keeps."""
        self.passes(seconds=1)
        refund = refunds.request(
            self.uow,
            tenant_id="demo",
            kind=kind,
            customer_id=self.holder.customer_id,
            reason=Reason.NOT_NEEDED,
            actor=f"customer:{self.holder.customer_id}",
            **about,  # type: ignore[arg-type]
        )
        drain(self.uow)
        return refund

    def has(self, card_no: str = CARD) -> ledger.CardBalance:
        return ledger.card(self.uow, tenant_id="demo", card_no=card_no)

    def purse_fen(self, card_no: str = CARD) -> list[int]:
        """Principal, bonus, what waits of each, and what is owed."""
        return [self.balance_fen(account) for account in chart.card(card_no)]
