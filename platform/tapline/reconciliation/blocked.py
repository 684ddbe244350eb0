"""D22: a card used after its holder had said that it is not in his hands any more."""

from tapline.reconciliation.chain import Version
from tapline.reconciliation.judgement import Block, Declared, KnownCard


def block_of(pour: Version, card: KnownCard) -> Block | None:
    """The report that a pour came after, if it did: the operator bears it then.

    Judged by the machine's own time: a pour from before the report that arrives after it is the
    holder's.
    """
    if pour.moment is None:
        return None
    for block in card.blocks:
        if block.since < pour.moment and (block.until is None or pour.moment < block.until):
            return block
    return None


def knew(pour: Version, block: Block, declared: Declared) -> bool:
    """Whether the machine kept a list that named the card, and sold to it all the same."""
    copy = declared.copies.get(pour.key.device_id)
    now = copy is not None and copy.version >= block.version and pour.key.seq > copy.seq_head
    return now or pour.key in declared.caught
