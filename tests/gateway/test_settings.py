"""Settings over a real broker: told on change and on return, reported, compared."""

import secrets

import pytest

from tapline import people
from tapline.devices import configuration, tariffs
from tapline.devices.configuration import ConfigView, FieldState, Level
from tapline.devices.tariffs import Tariff
from tapline.errors import DeniedError, InvalidError
from tapline.people import Role, Staff
from tests.gateway.conftest import Bench, Newcomer
from tests.gateway.fake_platform import until
from tests.gateway.stranger import Stranger


@pytest.fixture
def device(running: Bench, newcomer: Newcomer) -> Stranger:
    device = newcomer(f"GW-{secrets.token_hex(4)}")
    device.hello(caps=["cfg"])
    device.heard("dn/ack", stream="evt")
    return device


def name_of(device: Stranger) -> str:
    return device.root.rpartition("/")[2]


def staff(bench: Bench, role: Role = Role.SUPERVISOR) -> Staff:
    with bench.database.transaction() as uow:
        login = f"set-{secrets.token_hex(4)}"
        member, _ = people.create_staff(uow, tenant_id="demo", login=login, name="x", role=role)
    return member


def put(bench: Bench, level: Level, key: str, name: str, value: int | None) -> int:
    who = staff(bench)
    with bench.database.transaction() as uow:
        return configuration.put(
            uow, staff=who, level=level, key=key, name=name, value=value, reason="test"
        )


def view(bench: Bench, device: Stranger) -> ConfigView:
    with bench.database.transaction() as uow:
        found = configuration.view(uow, tenant_id="demo", device_id=name_of(device))
    assert found is not None
    return found


def states(bench: Bench, device: Stranger) -> dict[str, FieldState]:
    return {one.name: one.state for one in view(bench, device).fields}


def test_what_is_set_reaches_the_machine_and_is_in_force_once_it_says_so(
    running: Bench, device: Stranger
) -> None:
    put(running, Level.MODEL, "X", "tele_s", 120)
    put(running, Level.DEVICE, name_of(device), "tele_s", 30)

    told = device.heard("dn/cfg", doc={"tele_s": 30})
    assert states(running, device) == {"tele_s": FieldState.WAITING}
    device.say("up/cfg", {"v": 1, "ver": told["ver"], "doc": {"tele_s": 30, "own": 1}})
    until(lambda: states(running, device) == {"tele_s": FieldState.IN_FORCE})

    put(running, Level.DEVICE, name_of(device), "tele_s", None)
    again = device.heard("dn/cfg", doc={"tele_s": 120})
    assert again["ver"] > told["ver"]


def test_a_machine_that_reports_other_values_differs_field_by_field(
    running: Bench, device: Stranger
) -> None:
    for name, value in (("tele_s", 60), ("idle_s", 9), ("brightness_percent", 50)):
        put(running, Level.DEVICE, name_of(device), name, value)
    told = device.heard("dn/cfg", ver=view(running, device).config.version)
    said = {"tele_s": 60, "idle_s": 20}
    device.say("up/cfg", {"v": 1, "ver": told["ver"], "doc": said})

    until(
        lambda: (
            states(running, device)
            == {
                "tele_s": FieldState.IN_FORCE,
                "idle_s": FieldState.DIFFERS,
                "brightness_percent": FieldState.NOT_TAKEN,
            }
        )
    )
    with running.database.transaction() as uow:
        assert [one.state for one in configuration.listed(uow, tenant_id="demo")] == [
            FieldState.DIFFERS
        ]


def test_prices_travel_with_the_tariffs_version(running: Bench, device: Stranger) -> None:
    with running.database.transaction() as uow:
        cups = Tariff(version=8, steps=[(500, 50), (1000, 90)])
        tariffs.publish(uow, tenant_id="demo", tariff=cups, actor="x", reason="x")
    put(running, Level.DEVICE, name_of(device), "tariff", 8)
    told = device.heard("dn/cfg")
    assert told["doc"] == {"tariff": {"ver": 8, "cups": [[500, 50], [1000, 90]]}}
    with pytest.raises(InvalidError, match="not published"):
        put(running, Level.DEVICE, name_of(device), "tariff", 9)

    device.say("up/cfg", {"v": 1, "ver": told["ver"], "doc": told["doc"]})
    until(lambda: states(running, device) == {"tariff": FieldState.IN_FORCE})
    device.hello(boot=2, cfg_ver=told["ver"], tariff_ver=0)  # its prices are gone

    assert device.heard("dn/cfg", doc=told["doc"])["ver"] > told["ver"]


def test_a_machine_that_lost_its_memory_is_told_again(running: Bench, device: Stranger) -> None:
    put(running, Level.DEVICE, name_of(device), "tot_s", 600)
    told = device.heard("dn/cfg")
    device.say("up/cfg", {"v": 1, "ver": told["ver"], "doc": told["doc"]})
    until(lambda: states(running, device) == {"tot_s": FieldState.IN_FORCE})

    device.hello(boot=2, cfg_ver=0)

    assert device.heard("dn/cfg")["doc"] == {"tot_s": 600}


def test_a_machine_that_knows_higher_numbers_is_told_a_higher_one_still(
    running: Bench, device: Stranger
) -> None:
    put(running, Level.DEVICE, name_of(device), "tot_s", 600)
    device.heard("dn/cfg")

    device.hello(boot=2, cfg_ver=41)

    assert device.heard("dn/cfg", ver=42)["doc"] == {"tot_s": 600}


def test_an_agent_sets_no_machine_and_nobody_sets_nonsense(running: Bench) -> None:
    agent = staff(running, Role.AGENT)
    with running.database.transaction() as uow, pytest.raises(DeniedError):
        configuration.put(
            uow,
            staff=agent,
            level=Level.MODEL,
            key="X",
            name="tele_s",
            value=60,
            reason="x",
        )
    with pytest.raises(InvalidError, match="10 to 3600"):
        put(running, Level.MODEL, "X", "tele_s", 1)
    with pytest.raises(InvalidError, match="known"):
        put(running, Level.MODEL, "X", "heat", 1)
