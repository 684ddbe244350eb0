"""What a customer is told of his claim by text message: where his money is, and by when."""

from tapline import clock, notices, payments, people
from tapline.reconciliation.sentences import yuan
from tapline.refunds.model import Refund, RefundKind, RefundStep
from tapline.uow import UnitOfWork

_WHAT = {
    RefundKind.CARD_CLOSE: "退卡",
    RefundKind.CARD_PARTIAL: "部分退款",
    RefundKind.LOAD_CANCEL: "退充值",
    RefundKind.ORDER_CANCEL: "取消订水单",
    RefundKind.ORDER_SHORT: "少送水桶",
    RefundKind.DEPOSIT_RETURN: "退桶押金",
    RefundKind.TICKET_UNUSED: "退水票",
}
_PROVIDERS = {"wechat": "微信", "alipay": "支付宝"}


def tell(uow: UnitOfWork, refund: Refund, step: RefundStep) -> None:
    """Text whoever asked what this step means for him; a step is told once."""
    if refund.customer_id is None:
        return
    customer = people.find_customer(uow, tenant_id=refund.tenant_id, customer_id=refund.customer_id)
    news = _news(uow, refund, step)
    if customer is None or news is None:
        return
    notices.queue_sms(
        uow,
        tenant_id=refund.tenant_id,
        dedupe_key=f"{refund.subject}:{step.position}",
        phone=people.contact_phone(customer),
        text=f"您的{_subject(refund)}退款{news}",
    )


def _subject(refund: Refund) -> str:
    what = _WHAT[refund.kind]
    return f"{what}（尾号 {refund.card_no[-4:]}）" if refund.card_no else what


def _news(uow: UnitOfWork, refund: Refund, step: RefundStep) -> str | None:
    if step.reason == "by_hand":
        return "无法原路退回，财务将改为银行转账，请留意来电核对账户。"
    if step.reason == "written":
        return "已结束：款项已在卡内，无需再退。"
    asked, paid = yuan(refund.amount_fen), yuan(refund.posted_fen)
    news = {
        "requested": f"已受理，可退 {asked} 元，最迟{_day(refund)}前退到您的账户。",
        "approved": _approved(uow, refund),
        "settled": f"已完成，共退 {paid} 元。",
        "rejected": f"未通过：{step.words}。如有异议，可在退款页面申诉一次，由主管复核。",
        "withdrawn": "已按您的要求撤回。",
    }
    return news.get(step.state)


def _approved(uow: UnitOfWork, refund: Refund) -> str:
    now_fen, later_fen = refund.posted_fen, refund.reserve_fen
    sent = f"{yuan(now_fen)} 元{_route(uow, refund)}" if now_fen else ""
    later = f"其余最多 {yuan(later_fen)} 元待所有机器对账后退回" if later_fen else ""
    said = "，".join(part for part in (sent, later) if part)
    return f"已通过，{said}，最迟{_day(refund)}前到账。" if said else "已通过，卡内没有可退余额。"


def _route(uow: UnitOfWork, refund: Refund) -> str:
    legs = payments.payouts_of(uow, tenant_id=refund.tenant_id, subject=refund.subject)
    routes: dict[str, None] = {}
    for leg in legs:
        if leg.payment_id is None or leg.state.needs_hand:
            routes["由财务转账到您的银行账户"] = None
            continue
        paid = payments.get(uow, tenant_id=refund.tenant_id, payment_id=leg.payment_id)
        routes[f"原路退回{_PROVIDERS.get(paid.provider, '')}"] = None
    return "，".join(routes)


def _day(refund: Refund) -> str:
    assert refund.due_at is not None
    due = clock.business_date(refund.due_at)
    return f"{due.month}月{due.day}日"
