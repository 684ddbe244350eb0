from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, tuple_

from tapline.cards.facts import Charge, Fact
from tapline.devices import Device
from tapline.reconciliation import Finding
from tapline.refunds import Refund, RefundKind, RefundStep
from tapline.sites import Site
from tapline.uow import UnitOfWork

Key = tuple[str, int]


class PourRow(NamedTuple):
    """A standing version of a fact with what the ledger holds for it and where it was."""

    fact: Fact
    charge: Charge
    device: Device
    site: Site | None


class PourReads:
    """Facts as pours, of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def of_card(self, card_no: str, limit: int, before: Key | None) -> Sequence[PourRow]:
        """The newest of a card by arrival; `before` the last of the page before."""
        pours = self._pours().where(Fact.card_no == card_no)
        if before is not None:
            at = (
                select(func.min(Fact.received_at))
                .where(Fact.device_id == before[0], Fact.seq == before[1])
                .scalar_subquery()
            )
            pours = pours.where(
                or_(
                    Fact.received_at < at,
                    and_(
                        Fact.received_at == at,
                        tuple_(Fact.device_id, Fact.seq) < tuple_(*before),
                    ),
                )
            )
        rows = self._session.execute(
            pours.order_by(Fact.received_at.desc(), Fact.device_id.desc(), Fact.seq.desc()).limit(
                limit
            )
        )
        return _distinct([PourRow(*row) for row in rows])

    def find(self, device_id: str, seq: int) -> PourRow | None:
        rows = self._session.execute(
            self._pours().where(Fact.device_id == device_id, Fact.seq == seq)
        )
        return next((PourRow(*row) for row in rows), None)

    def named(self, card_no: str, keys: Collection[Key]) -> Sequence[PourRow]:
        """Those of these facts that are the card's."""
        rows = self._session.execute(
            self._pours().where(
                Fact.card_no == card_no, tuple_(Fact.device_id, Fact.seq).in_(list(keys))
            )
        )
        return _distinct([PourRow(*row) for row in rows])

    def around(self, device_id: str, seq: int, each_way: int) -> Sequence[PourRow]:
        """What the device reported just before and after `seq`, oldest first."""
        rows = self._session.execute(
            self._pours()
            .where(Fact.device_id == device_id, Fact.seq.between(seq - each_way, seq + each_way))
            .order_by(Fact.seq)
        )
        return _distinct([PourRow(*row) for row in rows])

    def chain(self, card_no: str, limit: int) -> Sequence[PourRow]:
        """The card's own order: by its counter, newest first; what lacks one comes last."""
        rows = self._session.execute(
            self._pours()
            .where(Fact.card_no == card_no)
            .order_by(Fact.atc.desc().nulls_last(), Fact.received_at.desc())
            .limit(limit)
        )
        return _distinct([PourRow(*row) for row in rows])

    def _pours(self) -> "Select[Fact, Charge, Device, Site]":
        return (
            select(Fact, Charge, Device, Site)
            .join(Charge, and_(Charge.device_id == Fact.device_id, Charge.seq == Fact.seq))
            .join(Device, Device.device_id == Fact.device_id)
            .outerjoin(Site, Site.site_id == Device.site_id)
            .where(
                Fact.tenant_id == self._tenant_id,
                Fact.flaw.is_(None),
                or_(Charge.standing_hash.is_(None), Charge.standing_hash == Fact.content_hash),
            )
        )

    def findings(self, keys: Collection[Key]) -> dict[Key, list[Finding]]:
        found: dict[Key, list[Finding]] = defaultdict(list)
        rows = self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self._tenant_id,
                tuple_(Finding.device_id, Finding.seq).in_(list(keys)),
                Finding.retracted_at.is_(None),
            )
            .order_by(Finding.code)
        )
        for finding in rows:
            if finding.fact is not None:
                found[finding.fact].append(finding)
        return found

    def refunds(self, keys: Collection[Key]) -> dict[Key, Refund]:
        rows = self._session.scalars(
            select(Refund).where(
                Refund.tenant_id == self._tenant_id,
                Refund.kind == RefundKind.TXN_REVERSAL,
                tuple_(Refund.device_id, Refund.seq).in_(list(keys)),
            )
        )
        return {(str(row.device_id), int(row.seq or 0)): row for row in rows}

    def last_posted(self, refund_ids: Collection[UUID]) -> dict[UUID, datetime]:
        """When money last moved for each refund."""
        rows = self._session.execute(
            select(RefundStep.refund_id, func.max(RefundStep.at))
            .where(RefundStep.refund_id.in_(refund_ids), RefundStep.change_fen != 0)
            .group_by(RefundStep.refund_id)
        )
        return {refund_id: at for refund_id, at in rows}  # noqa: C416 (rows are no pairs to mypy)

    def steps(self, refund_id: UUID) -> Sequence[RefundStep]:
        return self._session.scalars(
            select(RefundStep)
            .where(RefundStep.refund_id == refund_id)
            .order_by(RefundStep.position)
        ).all()

    def places(self, device_ids: Collection[str]) -> dict[str, tuple[Device, Site | None]]:
        rows = self._session.execute(
            select(Device, Site)
            .outerjoin(Site, Site.site_id == Device.site_id)
            .where(Device.tenant_id == self._tenant_id, Device.device_id.in_(device_ids))
        )
        return {device.device_id: (device, site) for device, site in rows}


def _distinct(rows: Sequence[PourRow]) -> list[PourRow]:
    """One row a fact: where no version stands, several may name the card."""
    seen: dict[Key, PourRow] = {}
    for row in rows:
        seen.setdefault((row.fact.device_id, row.fact.seq), row)
    return list(seen.values())
