"""Counting in windows of time, together with other processes where they share a store.

Outside of the database on purpose: a refusal ends the transaction, but not its count.
"""

import time
from typing import cast

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter


class Counters:
    """Counts by item and keys. `storage_uri` is Valkey's; without it, or while it is away, each
    process counts for itself: limits grow looser, and nobody is shut out.
    """

    def __init__(self, storage_uri: str | None = None) -> None:
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared = self._own
        if storage_uri is not None:
            shared = storage_from_string(storage_uri, wrap_exceptions=True)
            self._shared = FixedWindowRateLimiter(cast("Storage", shared))

    def hit(self, item: RateLimitItem, *keys: str) -> bool:
        """Count once more; false where that was too often."""
        try:
            return self._shared.hit(item, *keys)
        except StorageError:
            return self._own.hit(item, *keys)

    def test(self, item: RateLimitItem, *keys: str) -> bool:
        """Whether another one would be let through."""
        try:
            return self._shared.test(item, *keys)
        except StorageError:
            return self._own.test(item, *keys)

    def clear(self, item: RateLimitItem, *keys: str) -> None:
        """Forget the count."""
        self._own.clear(item, *keys)
        try:
            self._shared.clear(item, *keys)
        except StorageError:
            return

    def retry_s(self, item: RateLimitItem, *keys: str) -> int:
        """In how many seconds the window ends, at least 1."""
        try:
            reset_at = self._shared.get_window_stats(item, *keys).reset_time
        except StorageError:
            reset_at = self._own.get_window_stats(item, *keys).reset_time
        return max(1, round(reset_at - time.time()))
