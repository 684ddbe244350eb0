"""The list of blocked cards that machines keep, so that a card stops working where no line reaches.

A card is on the list while at least one reason stands. The list has versions, one a change. Who
blocks a card knows by `unacknowledged` which machines may still sell to it, or have sold to it and
not said so yet.
"""

from tapline.cards.blocklist.model import BlockedCard, CardBlock, Reason
from tapline.cards.blocklist.rules import Change
from tapline.cards.blocklist.service import (
    Kept,
    Progress,
    acknowledged,
    block,
    change_since,
    greeted,
    listed,
    listed_at,
    mistrusted,
    progress,
    reasons,
    take_untold,
    unacknowledged,
    unblock,
    version,
)

__all__ = [
    "BlockedCard",
    "CardBlock",
    "Change",
    "Kept",
    "Progress",
    "Reason",
    "acknowledged",
    "block",
    "change_since",
    "greeted",
    "listed",
    "listed_at",
    "mistrusted",
    "progress",
    "reasons",
    "take_untold",
    "unacknowledged",
    "unblock",
    "version",
]
