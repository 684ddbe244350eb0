"""The port behind which a text-message provider stands, and one that writes to a file."""

import json
import os
from pathlib import Path
from typing import Protocol
from uuid import UUID

from tapline import clock


class SmsRefusedError(Exception):
    """The provider will never take this message; any other error may pass."""


class SmsProvider(Protocol):
    """Hands a message to a network. The same `notice_id` twice is one message."""

    def send(self, *, notice_id: UUID, phone: str, text: str) -> None:
        """Return once the provider has taken it.

        Raises:
            SmsRefusedError: trying again is of no use.
        """


class FileSms:
    """Writes one JSON object a line instead of sending; owner-readable, codes are in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, *, notice_id: UUID, phone: str, text: str) -> None:
        """Append the message."""
        line = {
            "at": clock.now().isoformat(),
            "notice_id": str(notice_id),
            "phone": phone,
            "text": text,
        }
        data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, data)  # one write: lines of several processes do not mix
        finally:
            os.close(file)
