"""What a customer is told when somebody gave him something for a pour out of goodwill."""

from tapline import notices, people
from tapline.cards import Card
from tapline.money import yuan_text
from tapline.refunds.goodwill.model import Goodwill
from tapline.uow import UnitOfWork


def tell(uow: UnitOfWork, goodwill: Goodwill, card: Card) -> None:
    """Text the holder of a registered card, or his guardian, once a goodwill."""
    if card.customer_id is None:
        return
    customer = people.find_customer(uow, tenant_id=card.tenant_id, customer_id=card.customer_id)
    if customer is None:
        return
    where = "下次在任意一台机器刷卡时写入卡内" if card.kind.has_purse else "已存入卡内"
    notices.queue_sms(
        uow,
        tenant_id=card.tenant_id,
        dedupe_key=goodwill.subject,
        phone=people.contact_phone(customer),
        text=(
            f"您反映的接水问题，我们向尾号 {card.card_no[-4:]} 的水卡补偿"
            f" {yuan_text(goodwill.amount_fen)} 元，{where}。感谢您的反馈。"
        ),
    )
