"""What a customer is told when a machine gave money back."""

from tapline import cards, notices, people, reconciliation
from tapline.reconciliation.sentences import ZH, plain, yuan
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


def tell(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, seq: int, card_no: str, change_fen: int
) -> None:
    """Text the holder of a registered card what was found and where the money is.

    Nobody is told of a change to his disadvantage by text message alone: that is in his portal,
    with its reason. Nor is the holder of a bearer card, whose number we do not have.
    """
    card = cards.known(uow, tenant_id=tenant_id, card_nos=[card_no]).get(card_no)
    refund = RefundRepository(uow, tenant_id).of_pour(device_id, seq)
    if change_fen <= 0 or card is None or card.customer_id is None or refund is None:
        return
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=card.customer_id)
    found = reconciliation.of_fact(uow, tenant_id=tenant_id, device_id=device_id, seq=seq)
    reasons = [one for one in found if one.code == refund.reason]
    if customer is None or not reasons:
        return
    where = "下次在任意一台机器刷卡时写入卡内" if card.kind.has_purse else "已退回卡内"
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"corrected:{device_id}:{seq}:{refund.revision}",
        phone=people.contact_phone(customer),
        text=(
            f"尾号 {card_no[-4:]} 的水卡有一次接水异常：{plain(reasons[0], ZH)}。"
            f"退还 {yuan(change_fen)} 元，{where}。很抱歉给您添了麻烦。"
        ),
    )
