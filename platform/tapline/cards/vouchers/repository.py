from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, tuple_

from tapline.cards.vouchers.model import LoadRequest, Voucher, VoucherState
from tapline.uow import UnitOfWork


class VoucherRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, voucher: Voucher) -> None:
        self._session.add(voucher)
        self._session.flush()

    def answers(
        self, requests: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], Voucher | None]:
        """What was answered to those (device_id, req) that were asked before."""
        asked = (
            select(LoadRequest.device_id, LoadRequest.req, Voucher)
            .outerjoin(Voucher, Voucher.voucher_id == LoadRequest.voucher_id)
            .where(tuple_(LoadRequest.device_id, LoadRequest.req).in_(requests))
        )
        return {(device, req): voucher for device, req, voucher in self._session.execute(asked)}

    def remember(self, device_id: str, req: str, voucher: Voucher | None, moment: datetime) -> None:
        """Keep the answer to a request; written with the transaction's other rows."""
        voucher_id = voucher.voucher_id if voucher else None
        self._session.add(
            LoadRequest(device_id=device_id, req=req, voucher_id=voucher_id, asked_at=moment)
        )

    def leased_on(self, tenant_id: str, card_no: str) -> Voucher | None:
        return self._session.scalar(
            select(Voucher).where(
                Voucher.tenant_id == tenant_id,
                Voucher.card_no == card_no,
                Voucher.state == VoucherState.LEASED,
            )
        )

    def torn_on(self, tenant_id: str, card_nos: Collection[str]) -> Sequence[Voucher]:
        """Leased vouchers of these cards of whose writing nobody saw the end."""
        return self._session.scalars(
            select(Voucher)
            .where(
                Voucher.tenant_id == tenant_id,
                Voucher.card_no.in_(card_nos),
                Voucher.state == VoucherState.LEASED,
                Voucher.torn_seq.is_not(None),
            )
            .order_by(Voucher.voucher_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()

    def locked(self, tenant_id: str, voucher_ids: Collection[str]) -> dict[str, Voucher]:
        rows = self._session.scalars(
            select(Voucher)
            .where(Voucher.tenant_id == tenant_id, Voucher.voucher_id.in_(voucher_ids))
            .order_by(Voucher.voucher_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.voucher_id: row for row in rows}

    def leases_over(self, device_ids: Collection[str], moment: datetime) -> Sequence[Voucher]:
        """Of these machines, locked."""
        return self._session.scalars(
            select(Voucher)
            .where(
                Voucher.device_id.in_(sorted(device_ids)),
                Voucher.state == VoucherState.LEASED,
                Voucher.expires_at < moment,
                # Of a torn write a machine's silence says nothing.
                Voucher.torn_seq.is_(None),
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
