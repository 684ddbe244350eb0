"""Telephone exchanges: today the simulated one."""

from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec

from tapline.hotline import (
    EventRefusedError,
    PortCommand,
    PortEvent,
    Ports,
    RefusedCommandError,
    UnreadableEventError,
)
from tapline.settings import Settings
from tapline_ops import signature
from tapline_ops.signature import shared_key
from tapline_ops.telephony import wire
from tapline_ops.telephony.happenings import PROVIDER
from tapline_ops.telephony.lines import Caller

_TIMEOUT = httpx2.Timeout(5, connect=2)
_REFUSED = 409


def exchanges(settings: Settings) -> Ports:
    """The exchanges that this installation reaches; none where nothing is configured."""
    if not settings.telephony_url:
        return {}
    key = shared_key(settings.telephony_key_file)
    return {PROVIDER: HttpExchange(url=settings.telephony_url, key=key)}


class HttpExchange:
    """The simulated exchange over HTTP. Implements `TelephonyPort`.

    `url` is where it listens, `key` the secret it shares with us.
    """

    def __init__(self, *, url: str, key: bytes) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def execute(self, command: PortCommand) -> None:
        """Have an order carried out."""
        asked = wire.CommandOrder(
            command.command_id, command.call_ref, command.kind, command.arguments
        )
        self._ask(wire.COMMANDS, asked)

    def live_calls(self) -> frozenset[str]:
        """The calls that go on."""
        answer = self._ask(wire.LIVE_CALLS, {})
        return frozenset(msgspec.json.decode(answer, type=wire.LiveCalls).refs)

    def read(self, headers: Mapping[str, str], body: bytes) -> PortEvent:
        """What the exchange tells, once it is proved to be its own and fresh."""
        try:
            signature.verified(self._key, wire.EVENT, headers, body)
        except signature.SignatureError as error:
            raise EventRefusedError(str(error)) from error
        try:
            return msgspec.json.decode(body, type=PortEvent)
        except msgspec.MsgspecError as error:
            raise UnreadableEventError(str(error)) from error

    def place(self, *, ani: str, dnis: str, caller: Caller) -> str:
        """Let a simulated person dial the hotline; the call's reference."""
        answer = self._ask(wire.PLACE, wire.Placing(ani=ani, dnis=dnis, caller=caller))
        return msgspec.json.decode(answer, type=wire.Placed).ref

    def _ask(self, path: str, asked: Any) -> bytes:
        body = msgspec.json.encode(asked)
        answer = httpx2.post(
            self._url + path,
            content=body,
            headers=signature.signed(self._key, path, body),
            timeout=_TIMEOUT,
            trust_env=False,
        )
        if answer.status_code == _REFUSED:
            raise RefusedCommandError(msgspec.json.decode(answer.content, type=wire.Refusal).detail)
        answer.raise_for_status()
        return answer.content
