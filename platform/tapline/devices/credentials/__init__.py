"""What devices sign and log in with: renewed, revoked, and asked for by brokers."""

from tapline.devices.credentials.rules import (
    Door,
    Secrets,
    decoded,
    encoded,
    hashed,
    matches,
    opened_box,
    own_door,
    sealed_box,
)
from tapline.devices.credentials.service import (
    KEEPERS,
    REKEY,
    KeyRow,
    ask_rotation,
    door,
    doors,
    keys,
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
    "doors",
    "encoded",
    "hashed",
    "keys",
    "matches",
    "opened_box",
    "own_door",
    "reissue",
    "revoke",
    "rotate",
    "sealed_box",
    "took_over",
]
