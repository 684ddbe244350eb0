"""What devices sign and log in with: renewed, revoked, and asked for by brokers."""

from tapline.devices.credentials.rules import (
    Door,
    Secrets,
    decoded,
    encoded,
    hashed,
    matches,
    opened_box,
    sealed_box,
)
from tapline.devices.credentials.service import (
    KEEPERS,
    REKEY,
    KeyRow,
    ask_rotation,
    door,
    keys,
    logins,
    reissue,
    revoke,
    rotate,
    took_over,
)

__all__ = [
    "KEEPERS",
    "REKEY",
    "Door",
    "KeyRow",
    "Secrets",
    "ask_rotation",
    "decoded",
    "door",
    "encoded",
    "hashed",
    "keys",
    "logins",
    "matches",
    "opened_box",
    "reissue",
    "revoke",
    "rotate",
    "sealed_box",
    "took_over",
]
