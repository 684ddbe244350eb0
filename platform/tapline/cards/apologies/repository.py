from collections.abc import Collection, Sequence

from sqlalchemy import or_, select, tuple_

from tapline.cards.apologies.model import Apology
from tapline.cards.vouchers.model import Voucher, VoucherState
from tapline.uow import UnitOfWork


class ApologyRepository:
    """What cards of one tenant were given back and are to be told."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, apology: Apology) -> None:
        self._session.add(apology)
        self._session.flush()

    def about(
        self, card_nos: Collection[str], requests: Collection[tuple[str, str]]
    ) -> Sequence[tuple[Apology, VoucherState | None]]:
        """Of these cards, each with the state of the voucher that it was told with: what was not
        told yet, or with a voucher that was not written, or in answer to one of these (device_id,
        req). Locked, in the order they came."""
        rows = self._session.execute(
            select(Apology, Voucher.state)
            .outerjoin(Voucher, Voucher.voucher_id == Apology.voucher_id)
            .where(
                Apology.tenant_id == self._tenant_id,
                Apology.card_no.in_(card_nos),
                or_(
                    Apology.told_at.is_(None),
                    Voucher.state == VoucherState.VOID,
                    tuple_(Apology.told_device_id, Apology.told_req).in_(requests),
                ),
            )
            .order_by(Apology.apology_id)
            .with_for_update(of=Apology)
            .execution_options(populate_existing=True)
        )
        return [(apology, state) for apology, state in rows]
