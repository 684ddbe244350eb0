"""What the clock does, and the office in the evening."""

from datetime import datetime, timedelta

from tapline import cards, clock, ledger, payments, reconciliation, refunds
from tapline.cards import topups
from tapline.payments import Payout, RefundOrder, RefundStatus
from tapline.people import Role
from tapline.refunds import Refund, RefundKind
from tapline.uow import UnitOfWork
from tapline_ops.tasks.topups import note_untapped_money
from tests.integration.consequences import drain
from tests.integration.payments.provider import FakeProvider, delivery
from tests.integration.year.house import House


class Evening:
    """The sweeps of one operator, its open claims, the close of its days."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._tenant_id = house.tenant_id
        self._provider = FakeProvider()

    def sweeps(self) -> None:
        """Everything that happens by the clock, in the evening."""
        with self._house.open() as uow:
            reconciliation.sweep_gaps(uow, tenant_id=self._tenant_id)
            reconciliation.follow_gaps(uow, tenant_id=self._tenant_id)
            while reconciliation.sweep_cards(uow, tenant_id=self._tenant_id):
                pass
            drain(uow)
            reconciliation.sweep_debts(uow, tenant_id=self._tenant_id)
            cards.carry_all(uow, tenant_id=self._tenant_id)
            topups.remind(uow, tenant_id=self._tenant_id)
            note_untapped_money(uow, self._tenant_id)

    def looks_at_meters(self) -> None:
        with self._house.open() as uow:
            reconciliation.sweep_meters(uow, tenant_id=self._tenant_id)

    def advances_refunds(self) -> None:
        """Claims take their next step; people decide, the provider carries out."""
        with self._house.open() as uow:
            for refund_id in refunds.open_claims(uow, tenant_id=self._tenant_id):
                refunds.advance(uow, tenant_id=self._tenant_id, refund_id=refund_id)
        with self._house.open() as uow:
            for refund in refunds.review_queue(uow, tenant_id=self._tenant_id):
                if refund.kind is RefundKind.CARD_CLOSE:
                    self._decides(uow, refund)
            drain(uow)
            for payout in self._payouts(uow):
                carried_out(uow, self._provider, payout, tenant_id=self._tenant_id)

    def _decides(self, uow: UnitOfWork, refund: Refund) -> None:
        refunds.decide(
            uow,
            tenant_id=self._tenant_id,
            refund_id=refund.refund_id,
            approve=True,
            amount_fen=refund.amount_fen,
            version=refund.version,
            staff=self._house.office[Role.SUPERVISOR],
            reason="ok",
        )

    def _payouts(self, uow: UnitOfWork) -> list[Payout]:
        claims = refunds.listed(uow, tenant_id=self._tenant_id, limit=1000)
        made = (
            payments.payouts_of(uow, tenant_id=self._tenant_id, subject=refund.subject)
            for refund in claims
            if refund.kind is RefundKind.CARD_CLOSE
        )
        return [payout for of_claim in made for payout in of_claim if not payout.state.is_paid]

    def closes(self) -> None:
        """Close the days that are over; finance says why clearing accounts still hold something."""
        with self._house.open() as uow:
            ledger.seal(uow)
        with self._house.open() as uow:
            for day in ledger.days_due(uow, tenant_id=self._tenant_id):
                open_items = ledger.breaks(uow, tenant_id=self._tenant_id, day=day)
                ledger.close_day(
                    uow,
                    tenant_id=self._tenant_id,
                    day=day,
                    actor="finance",
                    reasons={one.key: "no bill yet" for one in open_items},
                )


def carried_out(uow: UnitOfWork, provider: FakeProvider, payout: Payout, *, tenant_id: str) -> None:
    """The provider pays out, and tells us."""
    provider.refund(
        RefundOrder(
            out_refund_no=payout.out_refund_no,
            provider_trade_no="T",
            amount_fen=payout.amount_fen,
            total_fen=payout.amount_fen,
            reason="",
        )
    )
    provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    headers, body = delivery(f"N{payout.out_refund_no}", {"refund": payout.out_refund_no})
    payments.take_notice(
        uow,
        tenant_id=tenant_id,
        provider="wechat",
        headers=headers,
        body=body,
        gateway=provider,
    )


def at(moment: datetime) -> None:
    """Move the frozen clock on to `moment`."""
    ahead = moment - clock.now()
    assert ahead >= timedelta(0), "a year goes forward"
    clock.advance(ahead)
