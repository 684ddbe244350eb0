"""What the holder of a card is told by text message, and what to do."""

from tapline import notices, people
from tapline.cards.model import Card
from tapline.cards.warnings.model import CardWarning, Kind
from tapline.ledger import CardBalance
from tapline.money import yuan_text
from tapline.policy import Policy
from tapline.uow import UnitOfWork


def tell(
    uow: UnitOfWork, card: Card, warning: CardWarning, money: CardBalance, in_force: Policy
) -> None:
    """Text the card's holder, or his guardian."""
    assert card.customer_id is not None
    customer = people.find_customer(uow, tenant_id=card.tenant_id, customer_id=card.customer_id)
    if customer is None:
        return
    notices.queue_sms(
        uow,
        tenant_id=card.tenant_id,
        dedupe_key=f"card:{card.card_no}:{warning.kind.value}:{warning.since.isoformat()}",
        phone=people.contact_phone(customer),
        text=_text(card.card_no, warning.kind, money, in_force),
    )


def arrears_text(card_no: str, owed_fen: int) -> str:
    """What who owes for water is told."""
    return (
        f"尾号 {card_no[-4:]} 的水卡已欠水费 {yuan_text(owed_fen)} 元（离线用水后入账）。"
        "下次充值先抵欠费，请尽快充值。"
    )


def _text(card_no: str, kind: Kind, money: CardBalance, in_force: Policy) -> str:
    if kind is Kind.ARREARS:
        return arrears_text(card_no, money.receivable_fen)
    return f"尾号 {card_no[-4:]} 的水卡{_news(kind, money, in_force)}"


def _news(kind: Kind, money: CardBalance, in_force: Policy) -> str:
    if kind is Kind.LOW:
        return f"余额 {yuan_text(money.balance_fen)} 元，请及时充值，以免影响用水。"
    fee = in_force.card_replace_fee_fen
    cost = f"工本费 {yuan_text(fee)} 元" if fee else "免费"
    return f"近期多次读写异常，卡片可能老化。请到水站或服务台换卡（{cost}），余额全部转入新卡。"
