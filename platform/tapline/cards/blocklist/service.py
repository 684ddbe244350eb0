from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline import clock
from tapline.cards.blocklist.model import BlockedCard, BlockListCopy, CardBlock, Reason
from tapline.cards.blocklist.repository import BlockListRepository, CopyRepository
from tapline.cards.blocklist.rules import Change, next_step
from tapline.cards.model import Card
from tapline.cards.repository import CardRepository
from tapline.events import BlockListAcknowledged, BlockListChanged
from tapline.ids import new_id
from tapline.uow import UnitOfWork


class Untold(NamedTuple):
    """A machine that is to be sent a change, and the version that it keeps."""

    tenant_id: str
    device_id: str
    kept: int


class Kept(NamedTuple):
    """The version that a machine says it keeps, None where it cannot keep a list; and the last fact
    that it had written then."""

    version: int | None
    seq_head: int


class Progress(NamedTuple):
    """A card on the list: from which version and moment, why, and which machines may still sell to
    it or have not said yet that they did."""

    version: int
    since: datetime
    reasons: Sequence[str]
    waiting: Sequence[str]


def block(uow: UnitOfWork, *, tenant_id: str, card_no: str, reason: Reason) -> int:
    """Give a reason for which a card is on the list; the version from which it stands there, also
    where it stood already.

    Raises:
        NotFoundError: the tenant has no such card.
    """
    card = CardRepository(uow).get(tenant_id, card_no)
    lists = BlockListRepository(uow)
    counter = lists.locked(tenant_id)
    if reason not in lists.standing(tenant_id, card.card_no):
        lists.add_reason(_block(card, reason))
    entry = lists.newest_of(tenant_id, card.card_no)
    if entry is not None and entry.removed_ver is None:
        return entry.added_ver
    counter.version += 1
    lists.add(
        BlockedCard(
            tenant_id=tenant_id,
            added_ver=counter.version,
            card_no=card.card_no,
            added_at=clock.now(),
        )
    )
    uow.emit(BlockListChanged(tenant_id=tenant_id, version=counter.version))
    return counter.version


def _block(card: Card, reason: Reason) -> CardBlock:
    return CardBlock(
        block_id=new_id(),
        tenant_id=card.tenant_id,
        card_no=card.card_no,
        reason=reason,
        since=clock.now(),
    )


def unblock(uow: UnitOfWork, *, tenant_id: str, card_no: str, reason: Reason) -> int:
    """Take a reason back; with the last one a card leaves the list. The newest version."""
    lists = BlockListRepository(uow)
    counter = lists.locked(tenant_id)
    standing = lists.standing(tenant_id, card_no)
    if (block := standing.pop(reason, None)) is None:
        return counter.version
    block.until = clock.now()
    entry = lists.newest_of(tenant_id, card_no)
    if not standing and entry is not None and entry.removed_ver is None:
        counter.version += 1
        entry.removed_ver, entry.removed_at = counter.version, clock.now()
        uow.emit(BlockListChanged(tenant_id=tenant_id, version=counter.version))
    return counter.version


def reasons(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> set[str]:
    """Why a card is on the list now; empty where it is not."""
    return set(BlockListRepository(uow).standing(tenant_id, card_no))


def version(uow: UnitOfWork, *, tenant_id: str) -> int:
    """The newest version; 0 before the first change."""
    return BlockListRepository(uow).version(tenant_id)


def listed(uow: UnitOfWork, *, tenant_id: str, version: int) -> Sequence[str]:
    """The cards on the list as of a version, sorted by their bytes."""
    return BlockListRepository(uow).cards(tenant_id, version)


def listed_at(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> BlockedCard | None:
    """Since when, and until when, a card stood on the list the last time; None where it never did.

    A debit under a `list_ver` below its `added_ver` was made by a machine that could not know.
    """
    return BlockListRepository(uow).newest_of(tenant_id, card_no)


def change_since(uow: UnitOfWork, *, tenant_id: str, base: int) -> Change:
    """What a machine that keeps version `base` is to be sent next."""
    lists = BlockListRepository(uow)
    newest = lists.version(tenant_id)
    step = next_step(base, newest, cards=len(lists.cards(tenant_id, newest)))
    before = lists.cards(tenant_id, step.base)
    return Change.between(step, before, lists.cards(tenant_id, step.version))


def unacknowledged(uow: UnitOfWork, *, tenant_id: str, version: int) -> Sequence[str]:
    """The devices from which a debit under a list older than `version` may still come, by id.

    They keep an older one or none, or have taken `version` over but owe facts from before. Devices
    never heard of do not count. Whether a fact arrived is no event: ask again from time to time.
    """
    return CopyRepository(uow).lagging(tenant_id, version)


def progress(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Progress | None:
    """How far the machines know that a card is blocked; None where it is not."""
    entry = BlockListRepository(uow).newest_of(tenant_id, card_no)
    if entry is None or entry.removed_ver is not None:
        return None
    waiting = unacknowledged(uow, tenant_id=tenant_id, version=entry.added_ver)
    why = reasons(uow, tenant_id=tenant_id, card_no=card_no)
    return Progress(entry.added_ver, entry.added_at, sorted(why), waiting)


def greeted(uow: UnitOfWork, *, tenant_id: str, kept: Mapping[str, Kept]) -> None:
    """Take the words of hellos: what machines keep now, also where that is older than before."""
    without = [name for name, one in kept.items() if one.version is None]
    if without:
        CopyRepository(uow).forget(without)
    keepers = [name for name, one in kept.items() if one.version is not None]
    if not keepers:
        return
    newest = BlockListRepository(uow).version(tenant_id)
    for name, copy in CopyRepository(uow).locked(tenant_id, keepers).items():
        version = kept[name].version or 0
        # One that is newer than ours is not ours: from before a backup was restored, or another's.
        _keep(uow, copy, version if version <= newest else 0, kept[name].seq_head)
        copy.told_at = None


def acknowledged(
    uow: UnitOfWork, *, tenant_id: str, device_id: str, version: int, seq_head: int
) -> None:
    """Take a machine's word that it has taken a version over, `seq_head` being the last fact that
    it wrote before. A version older than what it keeps is a copy of an old word."""
    copy = CopyRepository(uow).locked(tenant_id, [device_id])[device_id]
    if copy.version < version <= BlockListRepository(uow).version(tenant_id):
        _keep(uow, copy, version, seq_head)
        copy.told_at = None


def mistrusted(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> None:
    """A machine's list is not what it should be: it is sent the whole one, at once unless that is
    what it was sent just now."""
    copy = CopyRepository(uow).locked(tenant_id, [device_id])[device_id]
    if copy.version != 0:
        copy.version, copy.told_at = 0, None


def take_untold(uow: UnitOfWork, *, limit: int, unanswered_s: int) -> Sequence[Untold]:
    """Connected machines with an old list, to be sent a change now. They count as told: each is
    taken again when the list changes, when it answers, or after `unanswered_s`."""
    now = clock.now()
    told_before = now - timedelta(seconds=unanswered_s)
    taken = []
    for copy, newest in CopyRepository(uow).untold(limit, told_before):
        copy.told_version, copy.told_at = newest, now
        taken.append(Untold(copy.tenant_id, copy.device_id, copy.version))
    return taken


def _keep(uow: UnitOfWork, copy: BlockListCopy, version: int, seq_head: int) -> None:
    is_news = version > copy.version
    if version != copy.version:
        copy.version, copy.seq_head, copy.acknowledged_at = version, seq_head, clock.now()
    if is_news:
        uow.emit(
            BlockListAcknowledged(
                tenant_id=copy.tenant_id, device_id=copy.device_id, version=version
            )
        )
