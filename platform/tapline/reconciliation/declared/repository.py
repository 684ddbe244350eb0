from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import and_, func, or_, select, text

from tapline.cards.abroad import AbroadRepository
from tapline.cards.blocklist.model import BlockedCard, BlockListCopy, CardBlock
from tapline.cards.vouchers import Voucher
from tapline.reconciliation.chain import FactKey
from tapline.reconciliation.judgement import Block, Elsewhere, Leased, ListCopy, LostSpan
from tapline.reconciliation.model import Finding
from tapline.uow import UnitOfWork

_OUT_OF_HAND = ("lost", "replaced")
"""The reasons of a block by which a holder is not liable any more."""

_LOST = text(
    """
    select l.to_seq - l.from_seq + 1,
        (select f.moment from fact f where f.device_id = l.device_id and f.seq < l.from_seq
         order by f.seq desc limit 1),
        (select f.moment from fact f where f.device_id = l.device_id and f.seq > l.to_seq
         order by f.seq limit 1)
    from device_lost_range l
    join device d on d.device_id = l.device_id
    where d.tenant_id = :tenant
    """
)


class DeclaredRepository:
    """What one tenant's people and machines declared."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._uow = uow
        self._session = uow.session
        self._tenant_id = tenant_id

    def blocks(self, card_nos: Collection[str]) -> Mapping[str, list[Block]]:
        """When these cards were reported out of their holders' hands, oldest first."""
        overlapping = and_(
            BlockedCard.tenant_id == CardBlock.tenant_id,
            BlockedCard.card_no == CardBlock.card_no,
            or_(CardBlock.until.is_(None), BlockedCard.added_at < CardBlock.until),
            or_(BlockedCard.removed_at.is_(None), BlockedCard.removed_at > CardBlock.since),
        )
        rows = self._session.execute(
            select(
                CardBlock.card_no,
                CardBlock.since,
                CardBlock.until,
                func.min(BlockedCard.added_ver),
            )
            .join(BlockedCard, overlapping)
            .where(
                CardBlock.tenant_id == self._tenant_id,
                CardBlock.card_no.in_(card_nos),
                CardBlock.reason.in_(_OUT_OF_HAND),
            )
            .group_by(CardBlock.block_id)
            .order_by(CardBlock.since, CardBlock.block_id)
        )
        found: dict[str, list[Block]] = defaultdict(list)
        for card_no, since, until, version in rows:
            found[card_no].append(Block(since=since, until=until, version=version))
        return found

    def vouchers(self, voucher_ids: Collection[str]) -> dict[str, Leased]:
        rows = self._session.execute(
            select(
                Voucher.voucher_id, Voucher.card_no, Voucher.device_id, Voucher.amount_fen
            ).where(Voucher.tenant_id == self._tenant_id, Voucher.voucher_id.in_(voucher_ids))
        )
        return {
            voucher_id: Leased(card_no, device_id, amount_fen)
            for voucher_id, card_no, device_id, amount_fen in rows
        }

    def lost(self) -> list[LostSpan]:
        """What machines declared gone for good."""
        rows = self._session.execute(_LOST, {"tenant": self._tenant_id})
        return [LostSpan(*row) for row in rows]

    def elsewhere(self, card_nos: Collection[str]) -> dict[str, list[Elsewhere]]:
        """What these cards did at other operators' machines, as far as it is accepted."""
        found: dict[str, list[Elsewhere]] = defaultdict(list)
        for one in AbroadRepository(self._uow, self._tenant_id).accepted(card_nos):
            found[one.card_no].append(
                Elsewhere(one.name, one.atc, one.before_fen, one.after_fen, one.at, one.judged_at)
            )
        return found

    def copies(self) -> dict[str, ListCopy]:
        """What each machine keeps of the list of blocked cards."""
        rows = self._session.execute(
            select(BlockListCopy.device_id, BlockListCopy.version, BlockListCopy.seq_head).where(
                BlockListCopy.tenant_id == self._tenant_id
            )
        )
        return {device_id: ListCopy(version, head) for device_id, version, head in rows}

    def caught(self, card_nos: Collection[str]) -> set[FactKey]:
        """Pours with these cards that a machine is known to have sold against its list."""
        rows = self._session.scalars(
            select(Finding).where(
                Finding.tenant_id == self._tenant_id,
                Finding.card_no.in_(card_nos),
                Finding.code == "D22",
                Finding.facts["knew"].as_boolean(),
            )
        )
        return {row.fact for row in rows if row.fact is not None}
