"""What a customer is told of his top-up by text message."""

from tapline import notices, people
from tapline.cards.model import Card
from tapline.cards.topups.model import TopUp
from tapline.money import yuan_text
from tapline.uow import UnitOfWork


def tell(uow: UnitOfWork, topup: TopUp, card: Card) -> None:
    """Text whoever paid, or the card's holder, where the money is."""
    holder_id = topup.customer_id or card.customer_id
    if holder_id is None:
        return
    customer = people.find_customer(uow, tenant_id=topup.tenant_id, customer_id=holder_id)
    if customer is None:
        return
    bonus = f"，赠送 {yuan_text(topup.bonus_fen)} 元" if topup.bonus_fen else ""
    moved = "（原卡已更换）" if card.card_no != topup.card_no else ""
    where = "下次在任意一台机器刷卡时写入卡内" if card.kind.has_purse else "已到账"
    receipt = f"，收据 {topup.receipt_no}" if topup.receipt_no else ""
    notices.queue_sms(
        uow,
        tenant_id=topup.tenant_id,
        dedupe_key=f"{topup.subject}:landed",
        phone=people.contact_phone(customer),
        text=(
            f"尾号 {card.card_no[-4:]} 的水卡{moved}充值 {yuan_text(topup.amount_fen)} 元"
            f"{bonus}，{where}{receipt}。"
        ),
    )
