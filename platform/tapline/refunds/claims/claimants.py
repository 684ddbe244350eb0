"""Who may ask for money back."""

from uuid import UUID

from tapline import people
from tapline.errors import DeniedError
from tapline.uow import UnitOfWork


def check_claimant(uow: UnitOfWork, *, tenant_id: str, customer_id: UUID, actor: str) -> None:
    """Let a guardian ask in a minor's stead. Source: 民法典 19, 145; SPC 法释〔2025〕4号 10.

    Raises:
        DeniedError: a customer under 18 asks by himself.
    """
    if actor != f"customer:{customer_id}":
        return
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=customer_id)
    if customer is not None and people.is_minor(customer):
        raise DeniedError("a guardian asks for somebody under 18: let him call, or come by")
