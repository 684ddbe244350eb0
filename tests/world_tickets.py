"""A booklet of water tickets beside `tests.world`: on sale, and bought by the estate's customer."""

from tapline.orders import booklets
from tapline.uow import UnitOfWork
from tests.paying import money_arrives
from tests.world import World
from tests.world_field import SKU

TEN = "SPRING-10"
TEN_FEN = 18_000


def bought(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Its ids, as routes name them."""
    assert estate.customer_id is not None
    on_sale(uow)
    bought = booklets.ask(
        uow,
        tenant_id="demo",
        customer_id=estate.customer_id,
        code=TEN,
        version=1,
        provider="wechat",
        request_key="estate-booklet",
    )
    payment = money_arrives(uow, bought.subject)
    booklets.on_paid(uow, tenant_id="demo", payment_id=payment.payment_id, subject=bought.subject)
    return {"purchase_id": str(bought.purchase_id), "booklet_code": TEN}


def on_sale(uow: UnitOfWork) -> None:
    """Ten tickets for spring water."""
    booklets.put(uow, tenant_id="demo", code=TEN, sku=SKU, tickets=10, price_fen=TEN_FEN)
