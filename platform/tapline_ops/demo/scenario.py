"""What the simulated fleet is told to do, and what shall go wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from tapline_ops.datafolder import DataFolder, MqttAccess
from tapline_ops.demo.fleet import Fleet, FleetDevice
from tapline_ops.provision import DEMO

USUAL, TAXONOMY = "usual", "taxonomy"
PLANS: Final = (USUAL, TAXONOMY)
"""What goes wrong: what is usual, or everything that machines and cards can say."""
_TIMES = 2
"""So often each discrepancy is brought about where all of them are."""
_BRISK: Final = {"flow_ml_s": 240}
_BUSIEST: Final = {"flow_ml_s": 800, "pace_s": 0.8}
"""A meter's drift shows over a score of pours."""
_STRANGER = "99000001"
_NEVER = dict.fromkeys(("D01", "D02", "D04", "D05", "D06", "D07", "D12"), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischance:
    """What goes wrong beside single pours. Times in seconds of the run."""

    stuck_after_s: float
    outage_s: tuple[float, float]
    """When one dispenser has no line, and goes on selling."""
    closing_cards: Sequence[str]
    """Cards that are given back; the last one pours where no line is, if there is such a place."""
    stolen_card: str | None
    """One that is reported lost, and used where a dispenser does not care."""


def write(
    folder: DataFolder,
    fleet: Fleet,
    mqtt: MqttAccess,
    *,
    device_count: int,
    mischance: Mischance,
    plan: str,
    firmware_keys: Sequence[str],
) -> Path:
    """The simulator's orders for `device_count` of the dispensers, and where they stand."""
    chosen = fleet.devices[:device_count]
    scenario = {
        "tenant": DEMO,
        "mqtt": {"host": mqtt.host, "port": mqtt.port, "port_v5": mqtt.port_v5},
        "seed": fleet.seed,
        "devices": [_device(device, place, mqtt) for place, device in enumerate(chosen)],
        "cards": [
            {
                "no": card.no,
                "kind": card.kind,
                "balance_fen": card.balance_fen,
                "key_hex": card.key_hex,
            }
            for card in fleet.cards
        ],
        "firmware_keys": list(firmware_keys),
        "plan": {"stuck_valves": _stuck(chosen, mischance)} | _offline(chosen, mischance),
    }
    if plan == TAXONOMY:
        _bring_about_everything(scenario, mischance)
    folder.write_secret("scenario.json", msgspec.json.encode(scenario))
    return folder.path / "scenario.json"


def _device(device: FleetDevice, place: int, mqtt: MqttAccess) -> dict[str, Any]:
    return {
        "device_id": device.device_id,
        "key_hex": device.key_hex,
        "username": mqtt.shared_username or device.device_id,
        "password": mqtt.shared_password or device.password,
        "mqtt_version": 4 + place % 2,
        "memory": msgspec.to_builtins(device.memory),
    }


def _stuck(chosen: Sequence[FleetDevice], mischance: Mischance) -> dict[str, float]:
    """One valve in five and twenty sticks, one after the other, on the site of the manager whose
    login is printed; a handful of machines keep working."""
    return {
        device.device_id: mischance.stuck_after_s * (1 + place)
        for place, device in enumerate(chosen[5::25])
    }


def _offline(chosen: Sequence[FleetDevice], mischance: Mischance) -> dict[str, Any]:
    """The outage, and who pours in it; none where there is but one dispenser."""
    closing = list(mischance.closing_cards)
    if len(chosen) < 2 or not closing:
        return {"spared": closing}
    away = chosen[1].device_id
    return {
        "spared": closing,
        "outages": {away: mischance.outage_s},
        "late_pours": {closing[-1]: away},
    }


def _bring_about_everything(scenario: dict[str, Any], mischance: Mischance) -> None:
    """Everybody hurries, so that a minute has pours enough for all of it. One meter drifts that was
    right in the weeks before; the last dispenser sells to a stolen card."""
    devices = scenario["devices"]
    for device in devices:
        device.update(_BRISK)
    drifting = devices[:4][-1]
    drifting.update(_BUSIEST)
    scenario["pace_s"] = 2.0
    scenario["cards"].append({"no": _STRANGER, "kind": "cpu", "balance_fen": 5000})
    scenario["plan"] |= {
        "rates": _NEVER,
        "times": _TIMES,
        "drifting": [drifting["device_id"]],
        "strangers": [_STRANGER],
    }
    if mischance.stolen_card is not None:
        scenario["plan"]["thefts"] = {mischance.stolen_card: devices[-1]["device_id"]}
