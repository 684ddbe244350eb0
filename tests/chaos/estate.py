"""The machines and cards of a siege, and somebody who has a machine's login and means no good."""

from typing import Any

import msgspec

from tapline import cards, devices, policy
from tapline.cards import CardKind, proofs
from tapline.devices import Vault, tariffs
from tapline.devices.tariffs import Tariff
from tapline.money import Fen
from tapline.uow import Database, UnitOfWork
from tapline_ops import enrolment
from tapline_ops.datafolder import DataFolder, MqttAccess
from tapline_ops.embedded import passwords
from tapline_ops.provision import DEMO
from tests.chaos.forger import Forger

_CARDS_A_DEVICE = 8
_OPENED_FEN = 20_000
_MAD_CLOCKS = 0.03
"""The share of pours for which a machine's clock is hours off."""
_SOON = {
    "gap_s": 5,
    "offline_window_s": 20,
    "breaker_per_mille": 500,  # more goes wrong here than any breaker would believe
}


class Estate:
    """Registers everything when it is made."""

    def __init__(self, database: Database, folder: DataFolder, *, devices_n: int) -> None:
        self._vault = Vault.at(enrolment.key_file(folder))
        with database.transaction() as uow:
            changes = {"tenant_id": DEMO, "actor": "chaos", "reason": "a siege is short"}
            policy.publish(uow, changes=_SOON, **changes)
            tariffs.publish(
                uow,
                tenant_id=DEMO,
                tariff=Tariff(version=1, fen_per_litre=100),
                actor="chaos",
                reason="a price",
            )
            self._machines = [_machine(uow, self._vault, f"CH-{n:03}") for n in range(devices_n)]
            self._cards = [
                _card(uow, self._vault, number) for number in range(devices_n * _CARDS_A_DEVICE)
            ]
            self._forger = _machine(uow, self._vault, "CH-FORGER")
        enrolment.admit_all(database, folder.mqtt)

    def forger(self, port: int, seed: int) -> Forger:
        """Who forges, on the broker's own port."""
        one = self._forger
        return Forger(
            port=port,
            login=(one.device.device_id, one.mqtt_password),
            key=one.key,
            victim=self._machines[0].device.device_id,
            card=self._cards[0]["no"],
            seed=seed,
        )

    def scenario(self, mqtt: MqttAccess, seed: int) -> bytes:
        """The fleet's orders: quick machines, and the mischief that every fleet does."""
        shared = mqtt.shared_username, mqtt.shared_password
        return msgspec.json.encode(
            {
                "tenant": DEMO,
                "mqtt": {"host": mqtt.host, "port": mqtt.port, "port_v5": mqtt.port_v5},
                "seed": seed,
                "pace_s": 1.0,
                "plan": {"rates": {"D20": _MAD_CLOCKS}},
                "devices": [
                    {
                        "device_id": one.device.device_id,
                        "key_hex": one.key.hex(),
                        "username": shared[0] or one.device.device_id,
                        "password": shared[1] or one.mqtt_password,
                        "mqtt_version": 4 + place % 2,
                        "nozzles": 8,
                        "flow_ml_s": 600,
                    }
                    for place, one in enumerate(self._machines)
                ],
                "cards": self._cards,
            }
        )


def _machine(uow: UnitOfWork, vault: Vault, device_id: str) -> devices.Provisioned:
    return devices.register(
        uow, vault=vault, hash_password=passwords.hashed, tenant_id=DEMO, device_id=device_id
    )


def _card(uow: UnitOfWork, vault: Vault, number: int) -> dict[str, Any]:
    card = cards.issue(
        uow,
        tenant_id=DEMO,
        card_no=f"8800{number + 1:04}",
        kind=CardKind.CPU,
        balance_fen=Fen(_OPENED_FEN),
    )
    key = proofs.bind(uow, tenant_id=DEMO, vault=vault, card_no=card.card_no)
    return {"no": card.card_no, "balance_fen": card.opened_fen, "key_hex": key.hex()}
