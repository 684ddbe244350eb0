"""A provider's bill and a break of it, beside `tests.world`."""

from datetime import date

from tapline import clock
from tapline.ids import new_id
from tapline.payments.bills.model import BillState, ProviderBill
from tapline.payments.breaks import service as breaks
from tapline.payments.breaks.model import BreakKind
from tapline.payments.breaks.rules import Difference
from tapline.uow import UnitOfWork

DAY = date(2026, 11, 20)


def billed(uow: UnitOfWork) -> dict[str, str]:
    """Ids by the names that paths give them."""
    bill = ProviderBill(
        bill_id=new_id(),
        tenant_id="demo",
        provider="wechat",
        day=DAY,
        state=BillState.AWAITED,
        due_at=clock.now(),
        flaws=[],
    )
    uow.session.add(bill)
    uow.session.flush()
    foreign = Difference(kind=BreakKind.PAID_THERE, number="4200009999", ours_fen=0, theirs_fen=100)
    broken = breaks.note(uow, tenant_id="demo", provider="wechat", difference=foreign, day=DAY)
    return {"bill_id": str(bill.bill_id), "difference_id": str(broken.break_id)}
