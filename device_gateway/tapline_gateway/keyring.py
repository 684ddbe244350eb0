"""Device keys in memory: every frame needs one, and the database must not be asked each time."""

import time
from datetime import datetime, timedelta
from typing import NamedTuple

from tapline.devices import Vault, credentials, provisioning
from tapline.devices.credentials import KeyRow
from tapline.uow import Database

_LOOK_EVERY_S = 1.0
_ANEW_EVERY_S = 300.0
_OVERLAP = timedelta(seconds=30)
"""A change bears the time of its transaction, which may have ended some time after."""


class Keys(NamedTuple):
    """What frames of one device in one branch may be signed with."""

    present: bytes | None
    following: bytes | None = None
    """Sent to the device, and not used by it yet."""
    is_claim: bool = False
    """Whether it is a batch's, which opens nothing but the asking for a key."""


class KeyRing:
    """The frame keys of all devices. What changes is noticed within a second of the next frame; a
    device that was registered a moment ago is known by its first.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._branches: dict[str, dict[str, Keys]] = {}
        self._claims: dict[str, dict[str, Keys]] = {}
        self._looked_at = float("-inf")
        self._looked_at_ms = 0
        self._anew_at = float("-inf")
        self._newest: datetime | None = None

    def key_of(self, tenant_id: str, device_id: str) -> bytes | None:
        """The 32-byte key to speak to a device with, or None where that tenant has none such."""
        keys = self.keys_of(tenant_id, device_id)
        return keys.present if keys else None

    def keys_of(self, tenant_id: str, device_id: str, *, at_ms: int = 0) -> Keys | None:
        """What its frames may be signed with, or None where that tenant has no such device.

        `at_ms` is when the frame came, in ms since 1970: who was not known then is looked for, once
        for all that came together. A stranger makes us read the database once a batch, which
        writes down that it was refused anyway.
        """
        if time.monotonic() - self._looked_at > _LOOK_EVERY_S:
            self._look()
        branches = self._branches_of(device_id)
        if branches is None and at_ms > self._looked_at_ms:
            self._look()
            branches = self._branches_of(device_id)
        return branches.get(tenant_id) if branches else None

    def look_again(self) -> None:
        """Keys have changed: the next frame is held against the new ones."""
        self._looked_at = float("-inf")

    def _branches_of(self, device_id: str) -> dict[str, Keys] | None:
        return self._branches.get(device_id) or self._claims.get(device_id)

    def _look(self) -> None:
        now, now_ms = time.monotonic(), time.time_ns() // 1_000_000
        since = self._newest - _OVERLAP if self._newest else None
        if now - self._anew_at > _ANEW_EVERY_S:
            since, self._anew_at = None, now
        with self._database.transaction() as uow:
            rows = credentials.keys(uow, since=since)
            claims = provisioning.claim_keys(uow)
        if since is None:
            self._branches = {}
        for row in rows:
            self._branches[row.device_id] = self._opened(row)
            self._newest = row.changed_at
        self._claims = {
            claim_id: {tenant_id: Keys(self._vault.open(claim_id, box), is_claim=True)}
            for tenant_id, claim_id, box in claims
        }
        self._looked_at, self._looked_at_ms = now, now_ms

    def _opened(self, row: KeyRow) -> dict[str, Keys]:
        if row.sealed is None:
            return {}
        present = self._vault.open(row.device_id, row.sealed)
        if row.next_sealed is None or row.next_tenant_id is None:
            return {row.tenant_id: Keys(present)}
        following = self._vault.open(row.device_id, row.next_sealed)
        if row.next_tenant_id == row.tenant_id:
            return {row.tenant_id: Keys(present, following)}
        return {row.tenant_id: Keys(present), row.next_tenant_id: Keys(None, following)}
