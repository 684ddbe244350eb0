"""Keys over a real broker: renewed, revoked, and handed over with their machine."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tapline import clock, devices
from tapline.cards import handovers
from tapline.devices import commands, credentials
from tapline.errors import ConflictError
from tapline_ops import enrolment
from tests.factories import VAULT, tenant
from tests.gateway.boxes import lets_in, refusals, un64, unbox
from tests.gateway.conftest import Bench, Newcomer
from tests.gateway.fake_platform import until
from tests.gateway.stranger import Stranger
from tests.integration.ops.mqtt import MqttClient

WHO = {"actor": "test", "reason": "test"}


@pytest.fixture
def admit(running: Bench, broker_folder: Path) -> Any:
    """What a worker does when credentials have changed."""
    return lambda: enrolment.admit_all(running.database, broker_folder)


@pytest.fixture
def device(running: Bench, newcomer: Newcomer) -> Stranger:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    device.hello()
    device.heard("dn/ack", stream="txn")
    return device


def name_of(device: Stranger) -> str:
    return device.root.rpartition("/")[2]


def rotate(bench: Bench, device: Stranger) -> None:
    with bench.database.transaction() as uow:
        credentials.rotate(uow, vault=VAULT, tenant_id="demo", device_id=name_of(device), **WHO)


def rekeyed(device: Stranger) -> dict[str, Any]:
    """Take the next secrets out of the command, as the protocol says."""
    command = device.heard("dn/cmd", op="rekey")
    salt = command["cmd"].encode()
    own = unbox(command["args"]["box"], device.key, salt=salt, info=b"tapline rekey v1")
    return own | {"cmd": command["cmd"]}


def settled(device: Stranger, req: int) -> None:
    """Wait until what was said before is acted on: a tap is answered after the commit."""
    device.say("up/load", {"v": 1, "req": f"{req}", "card": "00000000", "atc": 1, "bal": 1})
    device.heard("dn/load", req=f"{req}")


def test_the_old_key_holds_until_the_new_one_is_used_and_then_no_more(
    running: Bench, device: Stranger, admit: Any
) -> None:
    old = device.key
    rotate(running, device)
    own = rekeyed(device)
    settled(device, 1)
    with pytest.raises(ConflictError, match="on its way"):
        rotate(running, device)

    device.key = un64(own["key"])
    device.say("up/cmd", {"v": 1, "cmd": own["cmd"], "st": "done"})
    settled(device, 2)
    left: list[bool] = []
    device.client.on_disconnect = lambda *_: left.append(True)
    device.client.username_pw_set(name_of(device), own["password"])
    admit()
    until(lambda: bool(left) and device.client.is_connected())

    device.say("up/hello", {"v": 1}, key=old)
    until(lambda: "unsigned" in refusals(running))


def test_a_rotation_that_a_device_refuses_leaves_everything_as_it_was(
    running: Bench, device: Stranger
) -> None:
    rotate(running, device)
    own = rekeyed(device)
    device.say("up/cmd", {"v": 1, "cmd": own["cmd"], "st": "refused", "rc": 1})
    settled(device, 1)

    rotate(running, device)
    again = rekeyed(device)
    device.key = un64(again["key"])
    settled(device, 2)


def test_a_key_that_arrived_unheard_of_is_sent_again_and_never_another(
    running: Bench, device: Stranger, admit: Any
) -> None:
    rotate(running, device)
    taken = rekeyed(device)
    with clock.frozen(clock.now() + timedelta(days=8)), running.database.transaction() as uow:
        commands.expire(uow)
        tenant(uow, "other")
        here: dict[str, Any] = {
            "vault": VAULT,
            "tenant_id": "demo",
            "device_id": name_of(device),
            **WHO,
        }
        with pytest.raises(ConflictError, match="meant otherwise"):
            credentials.rotate(uow, to_tenant="other", **here)
        credentials.rotate(uow, **here)
    again = rekeyed(device)
    assert (again["key"], again["password"]) == (taken["key"], taken["password"])

    device.key = un64(taken["key"])
    settled(device, 1)


def test_a_revoked_device_is_believed_no_more_and_cut_off(
    running: Bench, device: Stranger, admit: Any
) -> None:
    with running.database.transaction() as uow:
        credentials.revoke(uow, tenant_id="demo", device_id=name_of(device), **WHO)

    def refused() -> bool:
        device.hello()
        return "unknown_device" in refusals(running)

    until(refused)
    gone = []
    device.client.on_disconnect = lambda *_: gone.append(True)
    admit()
    until(lambda: bool(gone))

    with running.database.transaction() as uow:
        made = credentials.reissue(
            uow, vault=VAULT, tenant_id="demo", device_id=name_of(device), **WHO
        )
    admit()
    until(lambda: lets_in(running, name_of(device), made.password))


def test_a_machine_changes_hands_when_nothing_of_the_old_operator_is_left_in_it(
    running: Bench, device: Stranger, admit: Any
) -> None:
    device_id = name_of(device)
    with running.database.transaction() as uow:
        tenant(uow, "other")

    def give() -> None:
        with running.database.transaction() as uow:
            handovers.hand_over(
                uow,
                vault=VAULT,
                tenant_id="demo",
                device_id=device_id,
                to_tenant="other",
                **WHO,
            )

    with pytest.raises(ConflictError, match="send it stop_sale"):
        give()
    with running.database.transaction() as uow:
        commands.queue(
            uow,
            tenant_id="demo",
            device_id=device_id,
            op="stop_sale",
            args={},
            reason="moves",
            ttl_s=600,
        )
    stop = device.heard("dn/cmd", op="stop_sale")
    device.say("up/cmd", {"v": 1, "cmd": stop["cmd"], "st": "done", "out": {"seq_head": 1}})
    settled(device, 1)
    with pytest.raises(ConflictError, match="1 facts of it are not here"):
        give()
    device.say("up/evt", {"v": 1, "boot": 1, "evt_seq": 1, "code": "x", "data": {}})
    device.hello(seq_head=1, boot=2)
    device.say(
        "up/evt",
        {"v": 1, "boot": 2, "evt_seq": 2, "code": "lost", "data": {"from": 1, "to": 1}},
    )
    device.released(1)
    give()
    admit()

    own = rekeyed(device)
    assert own["tenant"] == "other"
    taken = Stranger(
        tenant="other",
        device=device_id,
        key=un64(own["key"]),
        port=running.broker.ports.device,
        password=running_password(running, device),
    )
    try:
        taken.hello(boot=3, seq_head=1, seq_acked=1)
        assert taken.heard("dn/ack", stream="txn")["upto"] == 1
    finally:
        taken.close()
    with running.database.transaction() as uow:
        assert devices.get(uow, tenant_id="other", device_id=device_id).site_id is None
    before = len(refusals(running))
    old = MqttClient(running.broker.ports.device, device_id, running_password(running, device))
    with old as leftover:
        topic = f"tl1/demo/{device_id}/up/tot"
        leftover.publish(topic, device.sealed(topic, b'{"v":1,"boot":3,"n":7,"fen":7,"ml":7}'))
        until(lambda: len(refusals(running)) > before)


def running_password(bench: Bench, device: Stranger) -> str:
    """The broker's password of before: its file has not changed since the new one was sent."""
    password = device.client.password
    assert password is not None
    return str(password)
