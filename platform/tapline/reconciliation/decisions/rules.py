"""What a decision says, and for what it counts. Pure."""

from collections.abc import Collection
from typing import NamedTuple

from tapline.people import Role
from tapline.reconciliation.chain import FactKey

NONE, OPEN = "none", "open"
"""Nothing of it is true; the chain shall say."""
DECIDABLE = ("D05", "D09")
CONFIRMERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
DECIDERS = CONFIRMERS | {Role.AGENT}


class Ruling(NamedTuple):
    """What somebody decided, having seen `seen`."""

    choice: str
    seen: frozenset[str]

    def holds_for(self, names: Collection[str]) -> bool:
        """Whether it was about just these: with anything more to choose from it is void."""
        return self.choice != OPEN and self.seen == set(names)


def name_of(code: str, key: FactKey, content_hash: bytes) -> str:
    """How a choice names a version of a fact: by its content (D05), or as an operation (D09)."""
    return content_hash.hex() if code == "D05" else operation(key)


def operation(key: FactKey) -> str:
    """`device:seq`, as a finding's figures name it."""
    return f"{key.device_id}:{key.seq}"
