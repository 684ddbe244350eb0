"""Commands to machines of other makers: the same life as those to machines of our contract."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from tapline.devices import commands
from tapline.water import stops
from tapline_gateway import downlink
from tapline_gateway.vendors import TOLD_OVER_MQTT
from tapline_gateway.vendors.logins import login_code
from tapline_gateway.vendors.tcp import FrameServer, Limits
from tapline_ops import enrolment
from tests.factories import VAULT
from tests.gateway.conftest import Bench
from tests.gateway.foreign import dead, progress, registered, told
from tests.gateway.makers import LanjingMachine, TieshanMachine, until

MACHINE = "000024010007"
REPORT, STORED = 0x21, 0xA1


@pytest.fixture
def lanjing(running: Bench, broker_folder: Path) -> Iterator[LanjingMachine]:
    """A machine that is there, as `WD-LJ-1`."""
    sn = f"LJ-{secrets.token_hex(4)}"  # the broker keeps what others said
    made = registered(running.database, "lanjing", sn, "WD-LJ-1")
    enrolment.admit_all(running.database, broker_folder)
    machine = LanjingMachine(running.broker.ports.device, sn, made.mqtt_password)
    yield machine
    machine.close()


@contextmanager
def serving(bench: Bench) -> Iterator[FrameServer]:
    """The door for machines over TCP, while the block lasts."""
    server = FrameServer(bench.database, VAULT, host="127.0.0.1", port=0, limits=Limits())
    stop = threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        thread.join()


def tieshan(bench: Bench, server: FrameServer, code: str) -> TieshanMachine:
    machine = TieshanMachine(server.port, MACHINE)
    assert machine.login(code) == (0x81, 1, 0)
    return machine


@pytest.mark.req("C35", "U1")
def test_a_stop_for_unsafe_water_reaches_a_machine_on_a_makers_own_topic(
    running: Bench, lanjing: LanjingMachine
) -> None:
    with running.database.transaction() as uow:
        stops.stop(
            uow,
            tenant_id="demo",
            device_id="WD-LJ-1",
            cause=stops.StopCause.HAND,
            evidence={"words": "smells"},
        )

    order = lanjing.ordered()
    assert order["do"] == "lock"
    until(lambda: progress(running.database, order["id"])[0] == "published", "it is sent")
    lanjing.reply(order)

    until(lambda: _is_confirmed(running), "the machine's word confirms the stop")
    assert dead(running.database) == []


def _is_confirmed(bench: Bench) -> bool:
    with bench.database.transaction() as uow:
        (view,) = stops.standing(uow, tenant_id="demo")
        return view.is_confirmed


def test_every_way_in_which_an_order_ends_is_seen(running: Bench, lanjing: LanjingMachine) -> None:
    for result, ends in (
        ({"res": 1}, ("refused", 1)),
        ({"res": 5, "code": 12}, ("refused", 12)),
        ({"res": 2, "code": 7}, ("failed", 7)),
        ({"res": 3}, ("expired", 0)),
    ):
        command_id = told(running.database, "WD-LJ-1", "reboot")
        order = lanjing.ordered()
        assert (order["id"], order["do"]) == (command_id, "restart")
        lanjing.reply(order, res=4)
        until(
            lambda name=command_id: progress(running.database, name)[0] == "started",  # type: ignore[misc]
            "it has begun",
        )
        lanjing.reply(order, **result)
        until(
            lambda name=command_id, end=ends: progress(running.database, name) == end,  # type: ignore[misc]
            f"it ends: {ends}",
        )
        lanjing.reply(order)
    assert dead(running.database) == []


def test_an_order_without_an_answer_is_given_again_under_the_same_id_when_the_machine_is_back(
    running: Bench, lanjing: LanjingMachine
) -> None:
    command_id = told(running.database, "WD-LJ-1", "stop_sale")
    assert lanjing.ordered()["id"] == command_id
    until(lambda: progress(running.database, command_id)[0] == "published", "it is sent")

    lanjing.say("status", {"online": 1, "t": 1795248902})

    again = lanjing.ordered()
    assert again["id"] == command_id
    lanjing.reply(again)
    lanjing.reply(again)
    until(lambda: progress(running.database, command_id) == ("done", 0), "once is enough")


@pytest.mark.req("C35")
def test_nobody_hears_or_answers_another_machines_orders(
    running: Bench, lanjing: LanjingMachine, broker_folder: Path
) -> None:
    sn = f"LJ-{secrets.token_hex(4)}"
    made = registered(running.database, "lanjing", sn, "WD-LJ-2")
    enrolment.admit_all(running.database, broker_folder)
    other = LanjingMachine(running.broker.ports.device, sn, made.mqtt_password)
    other.client.subscribe([("lj/#", 1), (f"lj/{lanjing.sn}/cmd", 1)])
    command_id = told(running.database, "WD-LJ-1", "stop_sale")
    order = lanjing.ordered()
    own = told(running.database, "WD-LJ-2", "stop_sale")

    other.say("reply", {"id": command_id, "res": 0, "t": 1795248903}, sn=lanjing.sn)
    other.reply(order)  # on its own topic, with what it cannot know
    heard = other.ordered()
    other.reply(heard)

    until(lambda: progress(running.database, own)[0] == "done", "its own it may answer")
    assert heard["id"] == own
    assert other.overheard == []
    assert progress(running.database, command_id)[0] == "published"
    other.close()


@pytest.mark.req("C35", "U1")
def test_an_order_goes_down_the_open_line_and_its_report_is_answered(bench: Bench) -> None:
    made = registered(bench.database, "tieshan", MACHINE, "WD-TS-1")
    with serving(bench) as server:
        machine = tieshan(bench, server, login_code(made.key, "tieshan"))
        command_id = told(bench.database, "WD-TS-1", "stop_sale")

        ordered = machine.ordered()
        assert ordered is not None
        assert ordered[:2] == (UUID(command_id).hex, 1)
        until(lambda: progress(bench.database, command_id)[0] == "published", "it is sent")
        assert machine.say(REPORT, UUID(command_id).bytes + b"\0\0") == (STORED, 2, 0)
        assert machine.say(REPORT, UUID(command_id).bytes + b"\2\7") == (STORED, 3, 0)

        assert progress(bench.database, command_id) == ("done", 0), "the first word counts"
        machine.close()


def test_an_order_survives_the_gateways_sudden_end_and_waits_for_the_machine(bench: Bench) -> None:
    """Sent and not noted, noted and not answered, never sent: each arrives, in its order."""
    made = registered(bench.database, "tieshan", MACHINE, "WD-TS-1")
    code = login_code(made.key, "tieshan")
    with serving(bench) as server:
        machine = tieshan(bench, server, code)
        first = told(bench.database, "WD-TS-1", "selftest")
        assert machine.ordered() is not None
        until(lambda: progress(bench.database, first)[0] == "published", "it is sent")
        machine.close()
    second = told(bench.database, "WD-TS-1", "stop_sale")
    with bench.database.engine.begin() as connection:  # it died before it could note the first
        connection.execute(text("update device_command set state = 'queued', published_at = null"))

    with serving(bench) as server:
        machine = tieshan(bench, server, code)
        orders = [machine.ordered(), machine.ordered()]
        assert [one and one[:2] for one in orders] == [
            (UUID(first).hex, 3),
            (UUID(second).hex, 1),
        ]
        machine.close()
    with serving(bench) as server:
        machine = tieshan(bench, server, code)
        again = [machine.ordered(), machine.ordered()]
        assert again == orders, "until it answers"
        machine.close()


def test_an_order_whose_time_is_over_is_given_to_nobody(running: Bench) -> None:
    made = registered(running.database, "tieshan", MACHINE, "WD-TS-1")
    late = told(running.database, "WD-TS-1", "reboot", ttl_s=0)
    until(lambda: progress(running.database, late)[0] == "expired", "nobody was there")
    with serving(running) as server:
        machine = tieshan(running, server, login_code(made.key, "tieshan"))
        current = told(running.database, "WD-TS-1", "flush")
        ordered = machine.ordered()
        assert ordered is not None
        assert ordered[:2] == (UUID(current).hex, 5)
        machine.close()


def test_what_a_maker_has_no_word_for_is_refused_at_once_and_harms_no_other(
    running: Bench, lanjing: LanjingMachine
) -> None:
    registered(running.database, "yunshui", "YS-7781", "WD-YS-1")
    assert progress(running.database, told(running.database, "WD-LJ-1", "resend")) == (
        "refused",
        None,
    )
    assert progress(running.database, told(running.database, "WD-YS-1", "stop_sale")) == (
        "refused",
        None,
    )
    waiting = told(running.database, "WD-LJ-1", "reboot")
    assert lanjing.ordered()["id"] == waiting
    until(lambda: progress(running.database, waiting)[0] == "published", "it is sent")
    with running.database.engine.begin() as connection:  # from before it was its maker's machine
        connection.execute(
            text("update device_command set op = 'resend', state = 'queued' where op = 'reboot'")
        )

    until(lambda: progress(running.database, waiting) == ("refused", None), "refused by us")
    after = told(running.database, "WD-LJ-1", "stop_sale")
    assert lanjing.ordered()["id"] == after


def test_a_machine_that_tells_us_itself_is_told_in_our_contract_whatever_its_cloud_is(
    running: Bench,
) -> None:
    registered(running.database, "yunshui", "YS-7781", "WD-YS-1")
    with running.database.engine.begin() as connection:
        connection.execute(text("update vendor_device set is_witness = true"))

    with running.database.transaction() as uow:
        assert commands.understands(uow, device_id="WD-YS-1", op="stop_sale")


def test_where_the_broker_cannot_tell_machines_apart_nothing_is_said_on_makers_topics(
    bench: Bench,
) -> None:
    registered(bench.database, "lanjing", "LJ-1", "WD-LJ-1")
    waiting = told(bench.database, "WD-LJ-1", "stop_sale")

    with bench.database.transaction() as uow:
        assert downlink.take(uow, {}) == {}
        assert downlink.take(uow, TOLD_OVER_MQTT).keys() == {waiting}
    assert progress(bench.database, waiting)[0] == "queued"
