"""The list of blocked cards in a dispenser's memory."""

from msgspec import Struct

from tapline_gateway.protocol import CardList, ListState, list_hash


class HeldList(Struct, frozen=True, kw_only=True):
    """One version of the list; `seq` is the last fact that was written under an older one."""

    ver: int = 0
    cards: frozenset[str] = frozenset()
    seq: int = 0

    def changed(self, change: CardList, *, seq: int) -> "HeldList":
        """The list after a change; this one where the change is old, builds on another list or does
        not lead to the list that it says.
        """
        if change.ver <= self.ver or change.base not in {0, self.ver}:
            return self
        base = self.cards if change.base else frozenset()
        cards = (base - set(change.remove)) | set(change.add)
        if list_hash(cards) != change.hash:
            return self
        return HeldList(ver=change.ver, cards=cards, seq=seq)

    @property
    def state(self) -> ListState:
        """What the device says of it."""
        return ListState(self.ver, list_hash(self.cards), self.seq)
