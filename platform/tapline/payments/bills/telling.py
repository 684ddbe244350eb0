"""What somebody is told who paid twice, when the second payment goes back."""

from tapline import notices, people
from tapline.money import yuan_text
from tapline.payments.breaks.model import ProviderBreak
from tapline.payments.repository import PaymentRepository
from tapline.uow import UnitOfWork

_PROVIDERS = {"wechat": "微信", "alipay": "支付宝"}


def tell_returned(uow: UnitOfWork, broken: ProviderBreak) -> None:
    """Text the customer whose payment it repeats; of a payment of nobody's nobody is told."""
    if broken.payment_id is None:
        return
    first = PaymentRepository(uow, broken.tenant_id).get(broken.payment_id)
    if first.customer_id is None:
        return
    customer = people.find_customer(uow, tenant_id=broken.tenant_id, customer_id=first.customer_id)
    if customer is None:
        return
    notices.queue_sms(
        uow,
        tenant_id=broken.tenant_id,
        dedupe_key=f"provider_break:{broken.break_id}:returned",
        phone=people.contact_phone(customer),
        text=(
            f"您通过{_PROVIDERS.get(broken.provider, broken.provider)}多付的一笔"
            f" {yuan_text(broken.theirs_fen)} 元，正在原路退回，请留意到账。"
        ),
    )
