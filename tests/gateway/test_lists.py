"""The list of blocked cards over a real broker: told, acknowledged, mended."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

import pytest

from tapline import devices
from tapline.cards import blocklist
from tapline.devices import messages
from tests import factories
from tests.gateway.conftest import CARD, Bench, Newcomer
from tests.gateway.fake_platform import until
from tests.gateway.stranger import Stranger

OTHER = "88005678"


def hash_of(*cards: str) -> str:
    return hashlib.sha256("".join(f"{card}\n" for card in sorted(cards)).encode()).hexdigest()


def block(bench: Bench, card_no: str) -> int:
    with bench.database.transaction() as uow:
        return blocklist.block(uow, tenant_id="demo", card_no=card_no, reason="closing")


def lagging(bench: Bench, version: int) -> Sequence[str]:
    with bench.database.transaction() as uow:
        return blocklist.unacknowledged(uow, tenant_id="demo", version=version)


def keeps(device: Stranger, version: int, *cards: str, **more: Any) -> None:
    """The device says what it keeps."""
    document = {"list_ver": version, "list_hash": hash_of(*cards), "list_seq": 0, **more}
    device.say("up/cfg", {"v": 1, "ver": 3, "doc": document})


@pytest.fixture
def device(running: Bench, newcomer: Newcomer) -> Stranger:
    """A device with a memory for the list, connected and empty."""
    with running.database.transaction() as uow:
        factories.card(uow, OTHER)
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    device.hello(caps=["list"])
    device.heard("dn/ack", stream="evt")
    return device


def test_a_blocked_card_is_told_to_a_machine_and_acknowledged(
    running: Bench, device: Stranger
) -> None:
    version = block(running, CARD)

    told = device.heard("dn/list")
    assert (told["base"], told["ver"], told["add"]) == (0, version, [CARD])
    assert told["hash"] == hash_of(CARD)
    assert len(lagging(running, version)) == 1
    keeps(device, version, CARD)

    until(lambda: not lagging(running, version))


def test_changes_build_on_what_a_machine_keeps(running: Bench, device: Stranger) -> None:
    first = block(running, CARD)
    device.heard("dn/list", ver=first)
    keeps(device, first, CARD)
    until(lambda: not lagging(running, first))

    with running.database.transaction() as uow:
        blocklist.unblock(uow, tenant_id="demo", card_no=CARD, reason="closing")
        last = blocklist.block(uow, tenant_id="demo", card_no=OTHER, reason="lost")

    told = device.heard("dn/list", ver=last)
    assert (told["base"], told["add"], told["del"]) == (first, [OTHER], [CARD])
    assert told["hash"] == hash_of(OTHER)


def test_a_machine_with_another_list_than_ours_gets_the_whole_one(
    running: Bench, device: Stranger
) -> None:
    version = block(running, CARD)
    device.heard("dn/list", base=0)
    keeps(device, version, CARD)
    until(lambda: not lagging(running, version))

    keeps(device, version, "99999999")

    told = device.heard("dn/list", base=0)
    assert told["add"] == [CARD]
    assert len(lagging(running, version)) == 1


def test_a_machine_that_lost_its_memory_is_told_again(running: Bench, device: Stranger) -> None:
    version = block(running, CARD)
    device.heard("dn/list", ver=version)
    keeps(device, version, CARD)
    until(lambda: not lagging(running, version))

    device.hello(caps=["list"], boot=2, list_ver=0)

    assert device.heard("dn/list", ver=version)["base"] == 0


def test_a_machine_that_keeps_the_list_says_so_by_its_hello(
    running: Bench, device: Stranger
) -> None:
    version = block(running, CARD)
    device.hello(caps=["list"], boot=2, list_ver=version)
    until(lambda: not lagging(running, version))


def test_a_machine_without_a_memory_for_it_is_not_bothered(
    running: Bench, device: Stranger
) -> None:
    version = block(running, CARD)
    device.heard("dn/list")
    device.hello(caps=["load"], boot=2)
    device.heard("dn/ack", stream="evt")
    block(running, OTHER)
    device.say("up/time", {"v": 1, "req": 1, "t0_ms": 1})
    device.heard("dn/time")

    assert device.heard_nothing_but()
    assert len(lagging(running, version)) == 1


def test_settings_that_a_machine_reports_are_kept_with_it(running: Bench, device: Stranger) -> None:
    device.say("up/cfg", {"v": 1, "ver": 3, "doc": {"tele_s": 60}})
    device.say("up/cfg", {"v": 1, "ver": 2, "doc": {"tele_s": 5}})  # a copy of an old frame
    keeps(device, 0)
    device.say("up/time", {"v": 1, "req": 1, "t0_ms": 1})
    device.heard("dn/time")

    with running.database.transaction() as uow:
        (kept,) = devices.listed(uow, tenant_id="demo")
        assert (kept.config_ver, kept.config) == (3, {"tele_s": 60})
        assert messages.buried(uow, tenant_id="demo") == []


@pytest.mark.parametrize("nonsense", ["x", -1, True, 2**40, None, [], 61])
def test_nonsense_about_the_list_acknowledges_nothing(
    running: Bench, device: Stranger, nonsense: object
) -> None:
    version = block(running, CARD)
    device.say("up/cfg", {"v": 1, "ver": 3, "doc": {"list_ver": nonsense}})
    device.say("up/cfg", {"v": 1, "ver": 3, "doc": {"list_ver": version, "list_hash": nonsense}})
    if nonsense is None:
        until(lambda: not lagging(running, version))  # without a hash its word must do
        return
    device.say("up/time", {"v": 1, "req": 1, "t0_ms": 1})
    device.heard("dn/time")
    assert len(lagging(running, version)) == 1
