"""What the holder of a card is told when somebody did something to it, so that he can object."""

from tapline import notices, people
from tapline.cards.life.model import CardStep
from tapline.cards.model import Card
from tapline.cards.rules import Act
from tapline.uow import UnitOfWork

_NEWS = {
    Act.REPORT_LOST: "已挂失：联网的机器随即停用此卡，此后被他人刷走的水费由我们承担。",
    Act.FIND: "已解除挂失，可以正常使用。",
    Act.REPLACE: "已停用并换发新卡，余额全部转入新卡。",
}


def tell(uow: UnitOfWork, card: Card, step: CardStep) -> None:
    """Text the card's holder, or his guardian, of a step that he should know of."""
    if card.customer_id is None or step.act not in _NEWS:
        return
    customer = people.find_customer(uow, tenant_id=card.tenant_id, customer_id=card.customer_id)
    if customer is None:
        return
    notices.queue_sms(
        uow,
        tenant_id=card.tenant_id,
        dedupe_key=f"card:{card.card_no}:step:{step.position}",
        phone=people.contact_phone(customer),
        text=f"尾号 {card.card_no[-4:]} 的水卡{_NEWS[step.act]}如非本人办理，请立即联系我们。",
    )
