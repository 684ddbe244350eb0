"""Money that waits for a tap: what has become of it, and whoever must be reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tapline import clock, notices, people, policy
from tapline.cards import vouchers
from tapline.cards.repository import CardRepository
from tapline.cards.service import lineage, successor
from tapline.cards.topups.model import TopUp, TopUpState
from tapline.cards.topups.repository import TopUpRepository, Untapped
from tapline.cards.vouchers import VoucherState
from tapline.money import yuan_text
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Written:
    """The record by which a machine reported that it wrote a top-up to its card."""

    device_id: str
    seq: int
    at: datetime


def written(uow: UnitOfWork, *, topup: TopUp) -> Written | None:
    """When and where a top-up was written to the card, if it was.

    A voucher takes along all that waits, so the first one leased after the money landed took it.
    """
    if topup.landed_on is None or topup.landed_at is None:
        return None
    heir = successor(uow, tenant_id=topup.tenant_id, card_no=topup.landed_on)
    took = [
        voucher
        for card_no in lineage(uow, tenant_id=topup.tenant_id, card_no=heir.card_no)
        for voucher in vouchers.of_card(uow, tenant_id=topup.tenant_id, card_no=card_no)
        if voucher.state is VoucherState.WRITTEN and voucher.leased_at >= topup.landed_at
    ]
    first = min(took, key=lambda one: one.leased_at, default=None)
    if first is None or first.resolved_at is None or first.written_seq is None:
        return None
    return Written(first.device_id, first.written_seq, first.resolved_at)


def unwritten(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> list[TopUp]:
    """The top-ups of a purse card that no machine has written to it, newest first."""
    numbers = lineage(uow, tenant_id=tenant_id, card_no=card_no)
    landed = TopUpRepository(uow, tenant_id).landed_on(numbers)
    lands = [one for one in landed if one.state is TopUpState.LANDED]
    return [one for one in lands if written(uow, topup=one) is None]


def untapped(
    uow: UnitOfWork, *, tenant_id: str, older_than: timedelta, card_no: str | None = None
) -> Sequence[Untapped]:
    """Active cards for which money has waited that long or longer, the oldest first; or one."""
    return TopUpRepository(uow, tenant_id).untapped(clock.now() - older_than, card_no)


def remind(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Text holders once that money waits for a tap, and once, later, that it can go back."""
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    soon = timedelta(seconds=in_force.untapped_remind_s)
    late = timedelta(days=in_force.untapped_days)
    for one in untapped(uow, tenant_id=tenant_id, older_than=soon):
        card = CardRepository(uow).get(tenant_id, one.card_no)
        if card.customer_id is None or one.waiting_fen <= 0:
            continue
        _remind(uow, tenant_id, card.customer_id, one, way_back=now - one.since >= late)


def _remind(
    uow: UnitOfWork, tenant_id: str, customer_id: UUID, one: Untapped, *, way_back: bool
) -> None:
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id)
    if customer is None:
        return
    kind = "back" if way_back else "tap"
    choice = "也可在用户页面选择原路退回，二者任选其一。" if way_back else ""
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"untapped:{kind}:{one.card_no}:{one.since.isoformat()}",
        phone=people.contact_phone(customer),
        text=(
            f"尾号 {one.card_no[-4:]} 的水卡有 {yuan_text(one.waiting_fen)} 元等待写入，"
            f"在任意一台机器刷卡即可。{choice}"
        ),
    )
