import re
from collections.abc import Sequence

from tapline.errors import InvalidError
from tapline.orders.products.model import Product
from tapline.orders.products.repository import ProductRepository
from tapline.uow import UnitOfWork

_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,31}")


def put(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    sku: str,
    name: str,
    name_en: str,
    price_fen: int,
    deposit_fen: int,
) -> Product:
    """Offer a barrel, or change what the one with this sku is called and costs from now on.

    Raises:
        InvalidError: the sku is none, the price not above zero, or the deposit below it.
    """
    if not _SKU.fullmatch(sku):
        raise InvalidError(f"sku {sku!r}: use 1 to 32 letters, digits, dots and dashes")
    if price_fen <= 0 or deposit_fen < 0:
        raise InvalidError("a price is above zero, and a deposit is not below it")
    product = Product(
        tenant_id=tenant_id,
        sku=sku,
        name=name,
        name_en=name_en,
        price_fen=price_fen,
        deposit_fen=deposit_fen,
    )
    return ProductRepository(uow, tenant_id).put(product)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Product]:
    """What a tenant sells, by sku."""
    return ProductRepository(uow, tenant_id).listed()
