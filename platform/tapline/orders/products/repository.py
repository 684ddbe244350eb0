from collections.abc import Collection, Sequence

from sqlalchemy import select

from tapline.orders.products.model import Product
from tapline.uow import UnitOfWork


class ProductRepository:
    """Products of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def put(self, product: Product) -> Product:
        """Add it, or replace the one with its sku."""
        kept = self._session.merge(product)
        self._session.flush()
        return kept

    def listed(self) -> Sequence[Product]:
        return self._session.scalars(
            select(Product).where(Product.tenant_id == self._tenant_id).order_by(Product.sku)
        ).all()

    def among(self, skus: Collection[str]) -> dict[str, Product]:
        found = select(Product).where(
            Product.tenant_id == self._tenant_id, Product.sku.in_(list(skus))
        )
        return {product.sku: product for product in self._session.scalars(found)}
