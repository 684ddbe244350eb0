from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from tapline.cards.vouchers.model import LoadRequest, Voucher, VoucherState
from tapline.uow import UnitOfWork


class VoucherRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, row: Voucher | LoadRequest) -> None:
        self._session.add(row)
        self._session.flush()

    def asked(self, device_id: str, req: str) -> LoadRequest | None:
        return self._session.get(LoadRequest, (device_id, req))

    def get(self, voucher_id: str) -> Voucher | None:
        return self._session.get(Voucher, voucher_id)

    def leased_on(self, tenant_id: str, card_no: str) -> Voucher | None:
        return self._session.scalar(
            select(Voucher).where(
                Voucher.tenant_id == tenant_id,
                Voucher.card_no == card_no,
                Voucher.state == VoucherState.LEASED,
            )
        )

    def locked(self, tenant_id: str, voucher_ids: Collection[str]) -> dict[str, Voucher]:
        rows = self._session.scalars(
            select(Voucher)
            .where(Voucher.tenant_id == tenant_id, Voucher.voucher_id.in_(voucher_ids))
            .order_by(Voucher.voucher_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.voucher_id: row for row in rows}

    def leases_over(self, device_id: str, moment: datetime) -> Sequence[Voucher]:
        return self._session.scalars(
            select(Voucher)
            .where(
                Voucher.device_id == device_id,
                Voucher.state == VoucherState.LEASED,
                Voucher.expires_at < moment,
            )
            .order_by(Voucher.voucher_id)
            .with_for_update()
        ).all()

    def of_card(self, tenant_id: str, card_no: str) -> Sequence[Voucher]:
        return self._session.scalars(
            select(Voucher)
            .where(Voucher.tenant_id == tenant_id, Voucher.card_no == card_no)
            .order_by(Voucher.leased_at.desc())
        ).all()
