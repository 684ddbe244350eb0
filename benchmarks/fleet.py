"""A fleet in memory: devices whose every next fact is a good pour of the next card in turn."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from tapline import cards, tenants
from tapline.cards import CardKind
from tapline.devices import Device, Vault
from tapline.money import Fen
from tapline.uow import Database, UnitOfWork
from tapline_gateway.protocol import KEY_BYTES, seal

TENANT = "bench"
DEVICES = 50
CARDS = 5000
VAULT = Vault(bytes(32))
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)

Frame = tuple[str, bytes]


class Fleet:
    """Devices whose every next fact is a good pour of the next card in turn."""

    def __init__(self, database: Database, *, devices: int = DEVICES, cards: int = CARDS) -> None:
        self.keys: dict[str, bytes] = {}
        self._seq: dict[str, int] = {}
        self._taps = 0
        self._cards = cards
        with database.transaction() as uow:
            tenants.create(uow, tenant_id=TENANT, name="Bench", legal_entity="Bench")
            uow.session.execute(insert(Device), [self._made(number) for number in range(devices)])
        for first in range(0, cards, 50):
            with database.transaction() as uow:
                for number in range(first, min(first + 50, cards)):
                    _issue(uow, card_no(number))

    def _made(self, number: int) -> dict[str, object]:
        """A device that got its key a minute after the one before."""
        device_id, key = f"BN-{number:04}", secrets.token_bytes(KEY_BYTES)
        self.keys[device_id], self._seq[device_id] = key, 0
        return {
            "device_id": device_id,
            "tenant_id": TENANT,
            "spot": "",
            "key_sealed": VAULT.seal(device_id, key),
            "mqtt_password_hash": "",
            "credentials_at": BEGINNING + timedelta(minutes=number),
        }

    def frames(self, count: int, a_frame: int) -> Iterator[Frame]:
        """Frames with `count` facts in all, the devices in turn."""
        names = list(self.keys)
        for number in range(count // a_frame):
            yield self.frame(names[number % len(names)], a_frame)

    def frame(self, device_id: str, facts: int) -> Frame:
        """The device's next frame."""
        topic = f"tl1/{TENANT}/{device_id}/up/txn"
        body = {"v": 1, "boot": 1, "facts": [self._fact(device_id) for _ in range(facts)]}
        raw = json.dumps(body, separators=(",", ":")).encode()
        return topic, seal(self.keys[device_id], topic, raw)

    def last_seq(self, device_id: str) -> int:
        return self._seq[device_id]

    def _fact(self, device_id: str) -> dict[str, object]:
        self._seq[device_id] += 1
        self._taps += 1
        seq, (turn, card) = self._seq[device_id], divmod(self._taps, self._cards)
        before = 100_000_000 - 100 * turn
        return {
            "seq": seq,
            "ts": "2026-11-21T08:15:02.120+08:00",
            "card": {"no": card_no(card), "kind": "cpu"},
            "atc": turn + 1,
            "bal_before": before,
            "amt": 100,
            "bal_after": before - 100,
            "tariff": 7,
            "ml": 1500,
            "ml_req": 1500,
            "pulses": 675,
            "nozzle": 1,
            "status": "ok",
            "tot": {"n": seq, "fen": 100 * seq, "ml": 1500 * seq},
        }


def _issue(uow: UnitOfWork, card_no: str) -> None:
    cards.issue(
        uow,
        tenant_id=TENANT,
        card_no=card_no,
        kind=CardKind.CPU,
        balance_fen=Fen(100_000_000),
    )


def card_no(number: int) -> str:
    return f"{88_000_000 + number}"
