"""How often somebody may try to sign in."""

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from tapline.errors import TooManyError
from tapline.people.counting import Counters

_LOGIN_FROM_ADDRESS = RateLimitItemPerMinute(5, 15, namespace="login-address")
_LOGIN = RateLimitItemPerHour(30, namespace="login")
"""From anywhere: higher, so that a stranger cannot lock a colleague out with five guesses."""
_ADDRESS = RateLimitItemPerMinute(30, 15, namespace="address")


class Attempts:
    """Failed sign-ins by login and address."""

    def __init__(self, storage_uri: str | None = None) -> None:
        self._counters = Counters(storage_uri)

    def check(self, *, login: str, address: str) -> None:
        """Let another attempt through.

        Raises:
            TooManyError: too many have failed; says when to try again.
        """
        for item, keys in _gates(login, address):
            if not self._counters.test(item, *keys):
                raise TooManyError(
                    "too many failed sign-ins: wait, then try again",
                    retry_s=self._counters.retry_s(item, *keys),
                )

    def failed(self, *, login: str, address: str) -> None:
        """Count a failure."""
        for item, keys in _gates(login, address):
            self._counters.hit(item, *keys)

    def succeeded(self, *, login: str, address: str) -> None:
        """Forget this login's failures from this address."""
        self._counters.clear(_LOGIN_FROM_ADDRESS, login, address)


def _gates(login: str, address: str) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
    return (
        (_LOGIN_FROM_ADDRESS, (login, address)),
        (_LOGIN, (login,)),
        (_ADDRESS, (address,)),
    )
