from sqlalchemy import Select, func, select

from tapline.cards.authorisations.model import Authorisation, AuthorisationState
from tapline.cards.vouchers.model import Voucher, VoucherState
from tapline.uow import UnitOfWork


class HandoverRepository:
    """What of one tenant's money a machine may still have to do with."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def leased(self, device_id: str) -> int:
        """Vouchers that it may still write."""
        return self._count(
            select(func.count()).where(
                Voucher.tenant_id == self._tenant_id,
                Voucher.device_id == device_id,
                Voucher.state == VoucherState.LEASED,
            )
        )

    def held(self, device_id: str) -> int:
        """Holds whose pour it may still report."""
        return self._count(
            select(func.count()).where(
                Authorisation.tenant_id == self._tenant_id,
                Authorisation.device_id == device_id,
                Authorisation.state == AuthorisationState.HELD,
            )
        )

    def _count(self, statement: Select[int]) -> int:
        return self._session.scalar(statement) or 0
