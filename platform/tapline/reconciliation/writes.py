"""D16: money written to a card that nobody owed it."""

from collections.abc import Iterable, Mapping

from tapline.reconciliation.chain import Version
from tapline.reconciliation.judgement import Leased


def unpaid(loads: Iterable[Version], vouchers: Mapping[str, Leased]) -> dict[Version, str]:
    """The writes without a voucher of ours behind them, and why: `unknown`, `other` or `twice`.

    A voucher covers one write, of its amount, by its machine, to its card. Of several that fit,
    the one with the lowest counter is the one that it paid for.
    """
    wrong: dict[Version, str] = {}
    written: set[str] = set()
    for load in sorted(loads, key=lambda one: (one.atc or 0, one.key)):
        voucher = vouchers.get(load.load_id or "")
        if load.load_id is None or voucher is None:
            wrong[load] = "unknown"
        elif voucher != (load.card_no, load.key.device_id, load.amt_fen):
            wrong[load] = "other"
        elif load.load_id in written:
            wrong[load] = "twice"
        else:
            written.add(load.load_id)
    return wrong
