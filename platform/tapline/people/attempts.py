"""How often somebody may try: counted outside of the database, whose transaction a refusal ends."""

import time
from dataclasses import dataclass
from typing import cast

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from tapline.errors import TooManyError

_LOGIN_FROM_ADDRESS = RateLimitItemPerMinute(5, 15, namespace="login-address")
_LOGIN = RateLimitItemPerHour(30, namespace="login")
"""From anywhere: higher, so that a stranger cannot lock a colleague out with five guesses."""
_ADDRESS = RateLimitItemPerMinute(30, 15, namespace="address")


@dataclass(frozen=True, slots=True)
class _Gate:
    item: RateLimitItem
    keys: tuple[str, ...]


class Attempts:
    """Failed sign-ins by login and address. `storage_uri` is Valkey's, shared by every process;
    without one each process counts for itself.
    """

    def __init__(self, storage_uri: str | None = None) -> None:
        storage = storage_from_string(storage_uri) if storage_uri else MemoryStorage()
        self._limiter = FixedWindowRateLimiter(cast("Storage", storage))

    def check(self, *, login: str, address: str) -> None:
        """Let another attempt through.

        Raises:
            TooManyError: too many have failed; says when to try again.
        """
        for gate in _gates(login, address):
            if not self._limiter.test(gate.item, *gate.keys):
                reset_at = self._limiter.get_window_stats(gate.item, *gate.keys).reset_time
                raise TooManyError(
                    "too many failed sign-ins: wait, then try again",
                    retry_s=max(1, round(reset_at - time.time())),
                )

    def failed(self, *, login: str, address: str) -> None:
        """Count a failure."""
        for gate in _gates(login, address):
            self._limiter.hit(gate.item, *gate.keys)

    def succeeded(self, *, login: str, address: str) -> None:
        """Forget this login's failures from this address."""
        self._limiter.clear(_LOGIN_FROM_ADDRESS, login, address)


def _gates(login: str, address: str) -> tuple[_Gate, ...]:
    return (
        _Gate(_LOGIN_FROM_ADDRESS, (login, address)),
        _Gate(_LOGIN, (login,)),
        _Gate(_ADDRESS, (address,)),
    )
