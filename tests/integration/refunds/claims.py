"""The shop whose customer asks for money back."""

from uuid import UUID

from tapline import payments, refunds
from tapline.orders import Order
from tapline.refunds import Reason, Refund, RefundKind
from tests.integration.consequences import drain
from tests.integration.orders.kiosk import Kiosk
from tests.integration.refunds import deciding


class Claims(Kiosk):
    """A shop whose customer asks for money back, and an agent who decides."""

    def asks(self, kind: RefundKind, order_id: UUID | None, reason: Reason) -> Refund:
        refund = refunds.request(
            self.uow,
            tenant_id="demo",
            kind=kind,
            customer_id=self.customer.customer_id,
            order_id=order_id,
            reason=reason,
            actor=f"customer:{self.customer.customer_id}",
        )
        drain(self.uow)
        return refund

    def cancels(self, order: Order) -> Refund:
        return self.asks(RefundKind.ORDER_CANCEL, order.order_id, Reason.NEVER_CAME)

    def decides(self, refund: Refund, *, approve: bool = True) -> None:
        deciding.decide(self.uow, refund, self.agent, approve=approve)
        drain(self.uow)

    def legs_fen(self, refund: Refund) -> list[int]:
        legs = payments.payouts_of(self.uow, tenant_id="demo", subject=refund.subject)
        return [leg.amount_fen for leg in legs]
