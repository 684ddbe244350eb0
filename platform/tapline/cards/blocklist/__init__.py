"""The list of blocked cards that machines keep, so that a card stops working where no line reaches.

The list has versions, one a change. Who closes a card blocks it, and knows by `unacknowledged`
which machines may still sell to it, or have sold to it and not said so yet.
"""

from tapline.cards.blocklist.model import BlockedCard
from tapline.cards.blocklist.rules import Change
from tapline.cards.blocklist.service import (
    acknowledged,
    block,
    change_since,
    greeted,
    listed,
    listed_at,
    mistrusted,
    take_untold,
    unacknowledged,
    unblock,
    version,
)

__all__ = [
    "BlockedCard",
    "Change",
    "acknowledged",
    "block",
    "change_since",
    "greeted",
    "listed",
    "listed_at",
    "mistrusted",
    "take_untold",
    "unacknowledged",
    "unblock",
    "version",
]
