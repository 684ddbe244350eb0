"""People as pages call them."""

from tapline import people
from tapline.uow import UnitOfWork


def people_of(uow: UnitOfWork, tenant_id: str) -> dict[str, str]:
    """The staff's names by their logins: what the macro `who` of `shared/parts.html` reads."""
    return {one.login: one.name for one in people.staff_of(uow, tenant_id=tenant_id)}
