"""Which machine of ours a maker means: every record asks, so known ones stay in memory."""

import time
from typing import NamedTuple

from tapline.devices import vendors
from tapline.uow import Database

_FRESH_S = 5.0
"""Who is revoked or changes hands is noticed after so long at most."""


class Machine(NamedTuple):
    """A machine of ours, and whose it is."""

    tenant_id: str
    device_id: str
    is_witness: bool
    """Whether the machine tells of its sales itself, and its maker's word is a second account."""


class Register:
    """Makers' numbers of machines. Only those that are ours are remembered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], tuple[Machine, float]] = {}

    def find(self, vendor: str, foreign_id: str) -> Machine | None:
        """What a maker's number stands for; None where it is none of ours."""
        name, now = (vendor, foreign_id), time.monotonic()
        machine, looked_at = self._known.get(name, (None, 0.0))
        if machine is None or now - looked_at > _FRESH_S:
            machine = self._look(vendor, foreign_id)
            if machine is None:
                self._known.pop(name, None)
            else:
                self._known[name] = (machine, now)
        return machine

    def _look(self, vendor: str, foreign_id: str) -> Machine | None:
        with self._database.transaction() as uow:
            found = vendors.find(uow, vendor=vendor, foreign_id=foreign_id)
        return Machine(found.tenant_id, found.device_id, found.is_witness) if found else None
