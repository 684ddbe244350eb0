"""What a visitor of the demonstration is told."""

import json
from collections.abc import Sequence
from pathlib import Path

from tapline_ops.demo.fleet import Fleet


def logins(fleet: Fleet, *, origin: str) -> Sequence[str]:
    """The front doors with their logins; customers sign in with a code sent to their phone."""
    lines = [
        f"  {one.door:<16} {origin}{one.path}  {one.login} {one.secret}".rstrip()
        for one in fleet.logins
    ]
    phone = next((card.phone for card in fleet.cards if card.phone), None)
    if phone is not None:
        lines.append(f"  {'顾客 customer':<16} {origin}/portal  {phone}, or a phone told below")
        lines.append("  People named 演示… act by themselves; what they do is told below.")
        lines.append("  Text messages, sign-in codes too, appear here as they are sent.")
    return lines


class Phone:
    """All customers' phones at once: what the fake provider would have sent since the last look."""

    def __init__(self, sms_log: Path) -> None:
        self._log = sms_log
        self._read_bytes = sms_log.stat().st_size if sms_log.exists() else 0

    def news(self) -> list[str]:
        """New messages as lines to print; a line still being written waits for the next look."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as log:
            log.seek(self._read_bytes)
            fresh = log.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        messages = (json.loads(line) for line in whole.splitlines())
        return [f"  SMS {message['phone']}: {message['text']}" for message in messages]
