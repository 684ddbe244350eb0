"""The simulated fleet's own file: keys, passwords and cards, as its dispensers hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tapline_ops.datafolder import DataFolder, MqttAccess
from tapline_ops.provision import DEMO

_FILE = "fleet.json"
USUAL = "usual"
PLANS: dict[str, dict[str, Any]] = {
    USUAL: {},
    "taxonomy": {
        "rates": {
            f"D{code}": 0.02
            for code in ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
        }
        | {f"D{code}": 0.02 for code in ("13", "16", "20", "23", "24", "28")}
        | {"D18": 0.1, "D22": 0.1},
    },
}
"""What goes wrong: what is usual, or a little of everything that a simulator can bring about."""


class FleetDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A dispenser's secrets."""

    device_id: str
    key_hex: str
    password: str


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


def read(folder: DataFolder) -> Fleet | None:
    """The fleet of the last demonstration on `folder`."""
    file = folder.path / _FILE
    return msgspec.json.decode(file.read_bytes(), type=Fleet) if file.exists() else None


def write(folder: DataFolder, fleet: Fleet) -> None:
    """Remember it; only the owner may read it."""
    folder.write_secret(_FILE, msgspec.json.encode(fleet))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischance:
    """What goes wrong beside single pours. Times in seconds of the run."""

    stuck_after_s: float
    outage_s: tuple[float, float]
    """When one dispenser has no line, and goes on selling."""
    closing_cards: Sequence[str]
    """Cards that are given back; the last one pours where no line is, if there is such a place."""


def write_scenario(
    folder: DataFolder,
    fleet: Fleet,
    mqtt: MqttAccess,
    *,
    device_count: int,
    mischance: Mischance,
    plan: str = USUAL,
) -> Path:
    """The simulator's orders for `device_count` of the dispensers, and where they stand."""
    chosen = fleet.devices[:device_count]
    stuck_after_s, closing = mischance.stuck_after_s, list(mischance.closing_cards)
    # One valve in five and twenty sticks, one after the other, on the site of the manager whose
    # login is printed; a handful of machines keep working.
    stuck = {
        device.device_id: stuck_after_s * (1 + place) for place, device in enumerate(chosen[5::25])
    }
    scenario = {
        "tenant": DEMO,
        "mqtt": {"host": mqtt.host, "port": mqtt.port, "port_v5": mqtt.port_v5},
        "seed": fleet.seed,
        "devices": [
            {
                "device_id": device.device_id,
                "key_hex": device.key_hex,
                "username": mqtt.shared_username or device.device_id,
                "password": mqtt.shared_password or device.password,
                "mqtt_version": 4 + place % 2,
            }
            for place, device in enumerate(chosen)
        ],
        "cards": [
            {
                "no": card.no,
                "kind": card.kind,
                "balance_fen": card.balance_fen,
                "key_hex": card.key_hex,
            }
            for card in fleet.cards
        ],
        "plan": {"stuck_valves": stuck, "spared": closing}
        | _offline(chosen, mischance)
        | PLANS[plan],
    }
    folder.write_secret("scenario.json", msgspec.json.encode(scenario))
    return folder.path / "scenario.json"


def _offline(chosen: Sequence[FleetDevice], mischance: Mischance) -> dict[str, Any]:
    """The outage, and who pours in it; none where there is but one dispenser."""
    if len(chosen) < 2 or not mischance.closing_cards:
        return {}
    away = chosen[1].device_id
    return {
        "outages": {away: mischance.outage_s},
        "late_pours": {mischance.closing_cards[-1]: away},
    }
