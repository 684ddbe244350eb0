"""What a customer is told of his tickets by text message."""

from tapline import notices, people
from tapline.orders.booklets.model import BookletPurchase
from tapline.orders.products.repository import ProductRepository
from tapline.uow import UnitOfWork


def tell_issued(uow: UnitOfWork, bought: BookletPurchase) -> None:
    """The tickets of a booklet are his; told once."""
    tenant_id = bought.tenant_id
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=bought.customer_id)
    if customer is None:
        return
    product = ProductRepository(uow, tenant_id).among([bought.sku])[bought.sku]
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"{bought.subject}:issued",
        phone=people.contact_phone(customer),
        text=(
            f"您购买的 {product.name} 电子水票 {bought.tickets} 张已到账，订水时可直接抵用，"
            "长期有效；未使用的可在用户页面申请退回。"
        ),
    )
