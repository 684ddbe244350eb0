"""What a caller asks the ledger to post, and what it gets back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tapline.ledger.holds import Resolution
from tapline.ledger.movements import Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A movement under an idempotency key.

    `content` is what the key stands for (the fact's content, the amount asked), never what was
    computed from balances: the same key with another content or kind is refused. `event_at` is
    when it happened in the world; `source` says where it came from, as JSON; `expires_at` is
    when a hold may be voided by the system.
    """

    key: str
    kind: str
    event_at: datetime
    movement: Movement | Resolution
    content: bytes | str | Mapping[str, Any]
    source: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None

    @property
    def hash(self) -> bytes:
        """SHA-256 over kind and content; a mapping is hashed as sorted, compact JSON."""
        content = self.content
        if not isinstance(content, bytes | str):
            content = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
        if isinstance(content, str):
            content = content.encode()
        return hashlib.sha256(self.kind.encode() + b"\0" + content).digest()


class Posted(NamedTuple):
    """A command's journal. `replayed`: it was posted before, and nothing moved now."""

    key: str
    journal_id: int
    replayed: bool
