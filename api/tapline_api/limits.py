"""How often one address may ask."""

from limits import RateLimitItemPerMinute

from tapline.errors import TooManyError
from tapline.people import Counters


class RequestLimits:
    """Requests by address, in windows of a minute."""

    def __init__(self, per_minute: int, storage_uri: str | None) -> None:
        self._counters = Counters(storage_uri)
        self._item = RateLimitItemPerMinute(per_minute, namespace="requests")

    def check(self, address: str) -> None:
        """Count a request.

        Raises:
            TooManyError: the address has asked too often in this minute.
        """
        if not self._counters.hit(self._item, address):
            raise TooManyError(
                "too many requests: wait, then try again",
                retry_s=self._counters.retry_s(self._item, address),
            )
