"""The simulated fleet's own file: keys, passwords and cards, as its dispensers hold them."""

from typing import Any

import msgspec

from tapline_ops.datafolder import DataFolder

_FILE = "fleet.json"


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """The last number of its facts and events, and its lifetime counters; fen and ml."""

    seq: int = 0
    evt_seq: int = 0
    n: int = 0
    fen: int = 0
    ml: int = 0


class FleetDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A dispenser's secrets, and what it did before the first run."""

    device_id: str
    key_hex: str
    password: str
    memory: Memory = Memory()


class FleetCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card as issued: its key, if one was written to it, and the phone of its customer if it is
    registered."""

    no: str
    balance_fen: int
    phone: str | None = None
    kind: str = "cpu"
    key_hex: str | None = None


class FleetLogin(msgspec.Struct, frozen=True, kw_only=True):
    """A way in for a person, as printed on the first start."""

    door: str
    path: str
    login: str = ""
    secret: str = ""


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the demonstration must remember and the database must not."""

    seed: int
    devices: list[FleetDevice]
    cards: list[FleetCard]
    logins: list[FleetLogin]
    told: list[dict[str, Any]] = []
    """What really happened before the first run: lines of every run's ground truth."""


def read(folder: DataFolder) -> Fleet | None:
    """The fleet of the last demonstration on `folder`."""
    file = folder.path / _FILE
    return msgspec.json.decode(file.read_bytes(), type=Fleet) if file.exists() else None


def write(folder: DataFolder, fleet: Fleet) -> None:
    """Remember it; only the owner may read it."""
    folder.write_secret(_FILE, msgspec.json.encode(fleet))
