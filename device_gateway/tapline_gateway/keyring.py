"""Device keys in memory: every frame needs one, and the database must not be asked each time."""

import time

from tapline import devices
from tapline.devices import Vault
from tapline.uow import Database

_MISS_S = 1.0
_FRESH_S = 300.0


class KeyRing:
    """The frame keys of all devices, read again when an unknown one speaks."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._keys: dict[tuple[str, str], bytes] = {}
        self._loaded_at = float("-inf")

    def key_of(self, tenant_id: str, device_id: str) -> bytes | None:
        """The 32-byte key, or None where that tenant has no such device."""
        key = self._keys.get((tenant_id, device_id))
        age_s = time.monotonic() - self._loaded_at
        # A stranger must not make us read the database for each of his frames.
        if (key is None and age_s > _MISS_S) or age_s > _FRESH_S:
            self._load()
            key = self._keys.get((tenant_id, device_id))
        return key

    def _load(self) -> None:
        with self._database.transaction() as uow:
            sealed = devices.sealed_keys(uow)
        self._keys = {
            (tenant_id, device_id): self._vault.open(device_id, box)
            for tenant_id, device_id, box in sealed
        }
        self._loaded_at = time.monotonic()
