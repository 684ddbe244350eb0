"""What a one-time code is and how often one may be asked for."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

LIFE = timedelta(minutes=5)
ATTEMPTS = 5
PER_PHONE_HOUR = 5
PER_ADDRESS_HOUR = 20
"""An office or a campus may share one address."""


def generated() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hashed(code_id: UUID, code: str) -> bytes:
    """What rests of a code. Its five minutes and five attempts guard it, not the hash."""
    return hashlib.sha256(code_id.bytes + code.strip().encode()).digest()
