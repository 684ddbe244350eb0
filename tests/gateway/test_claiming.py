"""Shipped devices claim keys of their own by the credential of their batch, over a real broker."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tapline.devices import provisioning
from tapline_ops import enrolment
from tests.factories import VAULT
from tests.gateway.boxes import lets_in, refusals, to64, un64, unbox
from tests.gateway.conftest import Bench, Newcomer
from tests.gateway.fake_platform import until
from tests.gateway.stranger import Stranger

WHO = {"actor": "test", "reason": "test"}


class Newborn:
    """A device fresh from the factory: a serial, a batch's credential, a key pair of its own."""

    def __init__(self, login: provisioning.ClaimLogin, port: int, serial: str) -> None:
        self.serial = serial
        self.pair = X25519PrivateKey.generate()
        self.public = self.pair.public_key().public_bytes_raw()
        self.wire = Stranger(
            tenant="demo",
            device=login.batch.claim_id,
            key=login.key,
            port=port,
            password=login.password,
        )

    def claim(self, req: str | None = None) -> dict[str, Any]:
        req = req or secrets.token_hex(8)
        asked = {"v": 1, "req": req, "serial": self.serial, "pub": to64(self.public)}
        self.wire.say("up/claim", asked)
        return self.wire.heard("dn/claim", req=req)

    def open(self, answer: dict[str, Any]) -> dict[str, Any]:
        theirs = un64(answer["pub"])
        shared = self.pair.exchange(X25519PublicKey.from_public_bytes(theirs))
        salt = self.public + theirs
        return unbox(answer["box"], shared, salt=salt, info=b"tapline claim v1")


@pytest.fixture
def admit(running: Bench, broker_folder: Path) -> Any:
    """What a worker does when credentials have changed."""
    return lambda: enrolment.admit_all(running.database, broker_folder)


@pytest.fixture
def batch(running: Bench, admit: Any) -> provisioning.ClaimLogin:
    with running.database.transaction() as uow:
        login = provisioning.open_batch(
            uow, vault=VAULT, tenant_id="demo", maker="蓝泉", batch="B7", days=30, actor="test"
        )
    admit()
    return login


def ship(bench: Bench, serial: str, public_key: str = "", batch: str = "B7") -> None:
    text = "序列号,批次,型号,固件,公钥\r\n" + f"{serial},{batch},RO-50,2.4.1,{public_key}\r\n"
    with bench.database.transaction() as uow:
        provisioning.import_shipment(
            uow, tenant_id="demo", maker="蓝泉", content=text.encode(), actor="test"
        )


@pytest.fixture
def newborn(running: Bench, batch: provisioning.ClaimLogin) -> Iterator[Newborn]:
    device = Newborn(batch, running.broker.ports.device, f"LQ-{secrets.token_hex(4)}")
    yield device
    device.wire.close()


def test_a_shipped_device_claims_a_key_of_its_own_and_speaks_with_it(
    running: Bench, newborn: Newborn, admit: Any
) -> None:
    ship(running, newborn.serial)
    answer = newborn.claim()
    assert answer["ok"], answer
    own = newborn.open(answer)
    assert (own["tenant"], own["device"]) == ("demo", newborn.serial)
    admit()
    until(lambda: lets_in(running, newborn.serial, own["password"]))

    device = Stranger(
        tenant=own["tenant"],
        device=own["device"],
        key=un64(own["key"]),
        port=running.broker.ports.device,
        password=own["password"],
    )
    try:
        device.hello()
        assert device.heard("dn/ack", stream="txn")["upto"] == 0
    finally:
        device.close()
    assert newborn.claim()["why"] == "claimed", "who has spoken has its key"


def test_a_lost_answer_is_given_again_to_the_same_device_alone(
    running: Bench, newborn: Newborn
) -> None:
    ship(running, newborn.serial)
    first, second = newborn.open(newborn.claim()), newborn.open(newborn.claim())
    assert first["key"] != second["key"]

    newborn.pair = X25519PrivateKey.generate()
    newborn.public = newborn.pair.public_key().public_bytes_raw()
    assert newborn.claim()["why"] == "claimed"

    with running.database.transaction() as uow:
        provisioning.free(uow, tenant_id="demo", serial=newborn.serial, **WHO)
    assert newborn.claim()["ok"]


def test_who_is_not_on_the_list_or_not_who_the_list_says_gets_no_key(
    running: Bench, newborn: Newborn
) -> None:
    assert newborn.claim()["why"] == "unknown"
    ship(running, newborn.serial, batch="B8")
    assert newborn.claim()["why"] == "unknown", "of another batch"
    ship(running, newborn.serial, public_key=to64(secrets.token_bytes(32)))
    assert newborn.claim()["why"] == "unknown", "another device under this serial"
    ship(running, newborn.serial, public_key=to64(newborn.public))
    assert newborn.claim()["ok"]


def test_a_batchs_credential_opens_nothing_else(
    running: Bench, newborn: Newborn, newcomer: Newcomer, batch: provisioning.ClaimLogin
) -> None:
    newborn.wire.hello()
    newborn.wire.pour({"seq": 1})
    other = newcomer(f"GW-{secrets.token_hex(4)}")
    other.say("up/claim", {"v": 1, "req": "x", "serial": "y", "pub": to64(bytes(32))})

    with running.database.transaction() as uow:
        provisioning.close_batch(uow, tenant_id="demo", claim_id=batch.batch.claim_id, **WHO)
    until(lambda: refusals(running) != [])
    assert refusals(running) == ["unknown_device"], "the broker lets the rest not even pass"
