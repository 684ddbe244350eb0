from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from tapline.cards.blocklist.model import BlockedCard, BlockList, BlockListCopy, CardBlock
from tapline.devices import Device, DeviceStream, Presence, Stream
from tapline.uow import UnitOfWork


class BlockListRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def locked(self, tenant_id: str) -> BlockList:
        """The tenant's counter, made where missing: changes of the list come one by one."""
        blank = insert(BlockList).values(tenant_id=tenant_id, version=0)
        self._session.execute(blank.on_conflict_do_nothing())
        counter = select(BlockList).where(BlockList.tenant_id == tenant_id).with_for_update()
        return self._session.scalars(counter.execution_options(populate_existing=True)).one()

    def version(self, tenant_id: str) -> int:
        newest = select(BlockList.version).where(BlockList.tenant_id == tenant_id)
        return self._session.scalar(newest) or 0

    def add(self, entry: BlockedCard) -> None:
        self._session.add(entry)
        self._session.flush()

    def add_reason(self, block: CardBlock) -> None:
        self._session.add(block)
        self._session.flush()

    def standing(self, tenant_id: str, card_no: str) -> dict[str, CardBlock]:
        """Why the card is blocked now, by reason."""
        blocks = select(CardBlock).where(
            CardBlock.tenant_id == tenant_id,
            CardBlock.card_no == card_no,
            CardBlock.until.is_(None),
        )
        return {block.reason: block for block in self._session.scalars(blocks)}

    def newest_of(self, tenant_id: str, card_no: str) -> BlockedCard | None:
        return self._session.scalar(
            select(BlockedCard)
            .where(BlockedCard.tenant_id == tenant_id, BlockedCard.card_no == card_no)
            .order_by(BlockedCard.added_ver.desc())
            .limit(1)
        )

    def cards(self, tenant_id: str, version: int) -> Sequence[str]:
        """The list as of a version, sorted."""
        stood = or_(BlockedCard.removed_ver.is_(None), BlockedCard.removed_ver > version)
        listed = select(BlockedCard.card_no).where(
            BlockedCard.tenant_id == tenant_id, BlockedCard.added_ver <= version, stood
        )
        # Not by the database, whose collation may put letters before digits.
        return sorted(self._session.scalars(listed))


class CopyRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def locked(self, tenant_id: str, device_ids: Collection[str]) -> dict[str, BlockListCopy]:
        """Machines' copies, made where missing and locked in order of their machines."""
        names = sorted(device_ids)
        blank = [
            {"device_id": name, "tenant_id": tenant_id, "version": 0, "seq_head": 0}
            for name in names
        ]
        self._session.execute(insert(BlockListCopy).values(blank).on_conflict_do_nothing())
        rows = self._session.scalars(
            select(BlockListCopy)
            .where(BlockListCopy.device_id.in_(names))
            .order_by(BlockListCopy.device_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {row.device_id: row for row in rows}

    def forget(self, device_ids: Collection[str]) -> None:
        self._session.execute(delete(BlockListCopy).where(BlockListCopy.device_id.in_(device_ids)))

    def untold(self, limit: int, told_before: datetime) -> Sequence[tuple[BlockListCopy, int]]:
        """Copies of connected machines that are old and of which that was not said to them, or not
        since `told_before`; each with the newest version."""
        said = and_(
            BlockListCopy.told_version >= BlockList.version, BlockListCopy.told_at > told_before
        )
        behind = (
            select(BlockListCopy, BlockList.version)
            .join(BlockList, BlockList.tenant_id == BlockListCopy.tenant_id)
            .join(Device, Device.device_id == BlockListCopy.device_id)
            .where(
                BlockListCopy.version < BlockList.version,
                Device.presence.not_in([Presence.OFFLINE, Presence.LOST]),
                or_(BlockListCopy.told_at.is_(None), ~said),
            )
            .order_by(BlockListCopy.device_id)
            .limit(limit)
            .with_for_update(of=BlockListCopy, skip_locked=True)
        )
        return [(copy, newest) for copy, newest in self._session.execute(behind)]

    def lagging(self, tenant_id: str, version: int) -> Sequence[str]:
        """Devices heard of that keep an older list than `version`, or whose facts from before they
        took theirs over are not all here."""
        kept = func.coalesce(BlockListCopy.version, 0)
        owing = func.coalesce(DeviceStream.upto, 0) < BlockListCopy.seq_head
        heard_of = or_(
            Device.presence != Presence.NEVER,
            Device.last_seen_at.is_not(None),
            DeviceStream.head > 0,
        )
        stream = and_(DeviceStream.device_id == Device.device_id, DeviceStream.stream == Stream.TXN)
        return self._session.scalars(
            select(Device.device_id)
            .outerjoin(BlockListCopy, BlockListCopy.device_id == Device.device_id)
            .outerjoin(DeviceStream, stream)
            .where(Device.tenant_id == tenant_id, heard_of, or_(kept < version, owing))
            .order_by(Device.device_id)
        ).all()
