"""What people do with money: in, by hand, and back."""

from typing import Any

from tapline import ledger, payments, refunds
from tapline.cards import tills, topups
from tapline.cards.topups import TopUp
from tapline.ledger import chart
from tapline.payments import Payout, RefundOrder, RefundStatus
from tapline.people import Role
from tapline.refunds import Reason, RefundKind
from tests.integration.invariants.grounds import Ground
from tests.integration.payments.provider import delivery
from tests.paying import money_arrives


class AtTheCounter(Ground):
    """Top-ups, cash, tills, adjustments, refunds and the provider that carries them out."""

    def asks_to_pay(self, card_no: str, amount_fen: int) -> None:
        with self.attempt() as uow:
            topup = topups.ask(
                uow,
                tenant_id=self.tenant_id,
                card_no=card_no,
                amount_fen=amount_fen,
                customer_id=self.desk.customers[card_no].customer_id,
                provider="wechat",
                request_key=self.key(),
            )
            self.unpaid.append(topup)

    def money_comes(self, topup: TopUp) -> None:
        """In time, or when it was given up; told once or more."""
        self.unpaid.remove(topup)
        with self.house.open() as uow:
            money_arrives(uow, topup.subject, tenant_id=self.tenant_id, provider=self.provider)

    def takes_cash(self, card_no: str, amount_fen: int) -> None:
        with self.attempt():
            bonus_fen = self.desk.tops_up(card_no, amount_fen, by_hand=True)
            self.gets(card_no, amount_fen, bonus_fen)

    def counts_the_till(self, missing_fen: int) -> None:
        """Finance counts, and may find too little."""
        till_id = self.house.till.till_id
        with self.attempt() as uow:
            held = tills.content_fen(uow, tenant_id=self.tenant_id, till_ids=[till_id])[till_id]
            tills.hand_over(
                uow,
                tenant_id=self.tenant_id,
                till_id=till_id,
                expected_fen=held,
                counted_fen=max(held - missing_fen, 0),
                staff=self.house.office[Role.FINANCE],
                reason="counted twice",
                request_key=self.key(),
            )

    def adjusts(self, card_no: str, amount_fen: int) -> None:
        """Somebody gives a customer something by hand."""
        with self.attempt() as uow:
            made = ledger.adjust(
                uow,
                tenant_id=self.tenant_id,
                actor="finance",
                debit=chart.GOODWILL.code,
                credit=self._given_to(card_no).code,
                amount=amount_fen,
                unit=chart.FEN,
                reason="warm water",
                evidence="ticket 1",
            )
            self.adjusted.append((made.key, card_no, amount_fen))
            self.gets(card_no, 0, amount_fen)

    def takes_back_the_last(self) -> None:
        """What somebody gave by hand is taken back, if it is still there."""
        key, card_no, amount_fen = self.adjusted.pop()
        with self.attempt() as uow:
            ledger.reverse(
                uow,
                tenant_id=self.tenant_id,
                actor="finance",
                key=key,
                reason="the wrong card",
                evidence="ticket 1",
            )
            self.gets(card_no, 0, -amount_fen)

    def _given_to(self, card_no: str) -> ledger.Account:
        card = chart.card(card_no)
        return card.bonus if self.card(card_no).kind in {"id", "qr"} else card.pending_bonus

    def asks_back(self, card_no: str, kind: RefundKind, wanted_fen: int | None) -> None:
        customer_id = self.desk.customers[card_no].customer_id
        with self.attempt() as uow:
            refunds.request(
                uow,
                tenant_id=self.tenant_id,
                kind=kind,
                customer_id=customer_id,
                card_no=card_no,
                wanted_fen=wanted_fen if kind is RefundKind.CARD_PARTIAL else None,
                reason=Reason.NOT_NEEDED,
                actor=f"customer:{customer_id}",
            )
            if kind is RefundKind.CARD_CLOSE:
                self.card(card_no).is_retired = True
                self.world.is_seen_no_more(self.card(card_no))
            self.card(card_no).is_sane = False  # what goes back leaves the account, not the chip

    def decides(self, *, approve: bool) -> None:
        with self.house.open() as uow:
            waiting = refunds.review_queue(uow, tenant_id=self.tenant_id)
            for refund in waiting:
                refunds.decide(
                    uow,
                    tenant_id=self.tenant_id,
                    refund_id=refund.refund_id,
                    approve=approve,
                    amount_fen=refund.amount_fen,
                    version=refund.version,
                    staff=self.house.office[Role.SUPERVISOR],
                    reason="ok",
                )

    def payouts(self) -> list[Payout]:
        """What is on its way to customers."""
        with self.house.open() as uow:
            claims = refunds.listed(uow, tenant_id=self.tenant_id, limit=1000)
            made = (
                payments.payouts_of(uow, tenant_id=self.tenant_id, subject=refund.subject)
                for refund in claims
            )
            return [one for legs in made for one in legs if not one.state.is_paid]

    def transfers(self, payout: Payout) -> None:
        """What no provider can give back somebody transfers, and a second person confirms."""
        with self.house.open() as uow:
            about: dict[str, Any] = {"tenant_id": self.tenant_id, "payout_id": payout.payout_id}
            payments.pay_by_hand(
                uow,
                **about,
                staff=self.house.office[Role.FINANCE],
                payee="李敏",
                reference=f"ICBC-{payout.out_refund_no}",
            )
            payments.confirm_by_hand(
                uow, **about, staff=self.house.office[Role.SUPERVISOR], confirm=True
            )

    def provider_ends(self, payout: Payout, status: RefundStatus, times: int) -> None:
        """The provider carries a leg out, or not yet, and tells us, maybe twice."""
        if payout.payment_id is None or payout.state.needs_hand:
            return
        number = payout.out_refund_no
        if number not in self.provider.refunds:
            order = RefundOrder(
                out_refund_no=number,
                provider_trade_no="T",
                amount_fen=payout.amount_fen,
                total_fen=payout.amount_fen,
                reason="",
            )
            self.provider.refund(order)
        self.provider.decides(number, status)
        for _ in range(times):
            headers, body = delivery(f"N{number}{status}", {"refund": number})
            with self.house.open() as uow:
                payments.take_notice(
                    uow,
                    tenant_id=self.tenant_id,
                    provider="wechat",
                    headers=headers,
                    body=body,
                    gateway=self.provider,
                )
