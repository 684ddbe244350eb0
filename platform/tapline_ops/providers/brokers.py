"""Brokers that take orders by HTTP: EMQX 5's management API."""

from urllib.parse import quote

import httpx2

from tapline.devices.evictions import EvictionError, Kick
from tapline.settings import Settings

_TIMEOUT = httpx2.Timeout(10, connect=5)
_GONE = 404


def kicker(settings: Settings) -> Kick | None:
    """How a client is cut off; None where the broker takes no such orders."""
    if not settings.emqx_api_url:
        return None
    return Emqx(
        settings.emqx_api_url,
        key=settings.emqx_api_key,
        secret=settings.emqx_api_secret.get_secret_value(),
    ).kick


class Emqx:
    """An EMQX 5 at `url`, which knows us by an API key and its secret."""

    def __init__(self, url: str, *, key: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._login = (key, secret)

    def kick(self, client_id: str) -> None:
        """End a client's connection and session. `EvictionError` where the broker does not."""
        address = f"{self._url}/api/v5/clients/{quote(client_id, safe='')}"
        try:
            answer = httpx2.delete(address, auth=self._login, timeout=_TIMEOUT)
        except httpx2.HTTPError as error:
            raise EvictionError(f"the broker is not reached: {error}") from error
        if not answer.is_success and answer.status_code != _GONE:
            raise EvictionError(f"the broker answers {answer.status_code}: {answer.text[:100]}")
