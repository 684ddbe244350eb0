"""Which fact a journal rests on, read off what it was posted with. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_FACT = re.compile(r"(?:dev|fix|restate):([^:]+):([0-9]+)(?::|$)")
"""A subject, or the key of what follows from a fact."""


def fact_of(key: str, source: Mapping[str, Any]) -> tuple[str, int] | None:
    """(device, seq); None where people or providers caused the journal."""
    device_id, seq = source.get("device"), source.get("seq")
    if device_id is not None and seq is not None:
        return str(device_id), int(seq)
    found = _FACT.match(key) or _FACT.match(str(source.get("subject", key)))
    return (found[1], int(found[2])) if found else None
