"""Moving streams forward as numbers are stored or declared lost."""

from collections.abc import Callable, Collection, Mapping

from tapline import clock
from tapline.devices.model import DeviceStream, Stream
from tapline.devices.repository import StreamRepository
from tapline.devices.rules import Progress, Run, advanced
from tapline.uow import UnitOfWork

Beyond = Callable[[Mapping[str, int]], Mapping[str, Collection[int]]]
"""Asked with device -> upto, answers device -> the numbers stored beyond it."""


def keep_streams(uow: UnitOfWork, *, device_ids: Collection[str]) -> None:
    """Keep the `txn` streams of these devices to this transaction until it ends: others who bring
    facts of one of them wait, and then see what it has stored."""
    StreamRepository(uow).locked(Stream.TXN, device_ids)


def advance_streams(
    uow: UnitOfWork, *, stored: Mapping[str, Collection[int]], beyond: Beyond
) -> dict[str, int]:
    """Count newly stored facts of some devices into their `txn` streams.

    Args:
        uow: the transaction that stored them.
        stored: device -> the numbers stored just now; none where a loss was declared, or a hello
            moved the stream.
        beyond: what is stored already; asked only for streams whose first gap may have closed.

    Returns:
        device -> `upto`, everything up to which may be released.
    """
    streams = StreamRepository(uow)
    rows = streams.locked(Stream.TXN, stored.keys())
    open_ = {name: row.upto for name, row in rows.items() if _may_close(row, stored[name])}
    known = beyond(open_) if open_ else {}
    lost = streams.lost_runs(open_) if open_ else {}
    for name, row in rows.items():
        numbers = {*stored[name], *known.get(name, ())}
        _move(row, numbers, lost.get(name, []))
    return {name: row.upto for name, row in rows.items()}


def _may_close(row: DeviceStream, numbers: Collection[int]) -> bool:
    """Whether what came before plays a part now.

    It does not where the first missing number is not among the new ones, however many wait behind
    it; nor where they continue a stream that has no gap.
    """
    if row.sparse:
        return False
    if not numbers:
        return True
    if row.upto + 1 not in numbers:
        return False
    new = {number for number in numbers if number > row.upto}
    return row.head != row.upto or max(new) - row.upto != len(new)


def _move(row: DeviceStream, numbers: Collection[int], lost: list[Run]) -> None:
    if row.sparse:
        row.upto = row.head = max(row.head, *numbers, row.upto)
        return
    beyond = {number for number in numbers if number > row.upto}
    after = advanced(Progress(row.upto, row.head), beyond, lost)
    moved = after.upto > row.upto
    row.upto, row.head = after.upto, after.head
    if not after.has_gap:
        row.gap_since = None
    elif row.gap_since is None or moved:
        # Each hole has its own patience: what closed the one before says nothing of the next.
        row.gap_since = clock.now()
