"""Commands in makers' words: the bytes that go to a machine must stay the same for ever."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline_gateway.protocol import Command, CommandOp, CommandStatus
from tapline_gateway.vendors import ADAPTERS, UnreadableError, lanjing, tieshan
from tests.gateway.makers import frame
from tests.unit.vendors.test_hostile_records import MACHINE, json_values

ORDERS = Path(__file__).parents[2] / "golden" / "orders"
GOLDEN = sorted(path for path in ORDERS.glob("*/*") if not path.name.endswith(".canonical.json"))
COMMANDERS = {"lanjing": lanjing, "tieshan": tieshan}
REPLY = {"id": "019aa3e4-5d2b-7c41-9f36-8b1d0c5e7a92", "res": 0, "code": 3, "t": 1795248903}


@pytest.mark.req("C35", "U1")
@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_command_is_the_bytes_that_the_maker_describes(path: Path) -> None:
    meant = json.loads(path.with_name(f"{path.stem}.canonical.json").read_text("utf-8"))
    command = msgspec.convert(meant["command"], Command)

    order = COMMANDERS[path.parent.name].order(meant["machine"], command)

    assert (order.address, order.payload) == (meant["address"], path.read_bytes())


@pytest.mark.parametrize("vendor", sorted(ADAPTERS))
def test_an_adapter_has_a_golden_order_for_each_operation_that_it_declares(vendor: str) -> None:
    shown = {path.stem for path in GOLDEN if path.parent.name == vendor}

    assert shown == {op.value for op in ADAPTERS[vendor].OPERATIONS}


def test_a_machine_behind_a_cloud_is_told_nothing() -> None:
    assert frozenset() == ADAPTERS["yunshui"].OPERATIONS


@pytest.mark.parametrize("vendor", sorted(COMMANDERS))
def test_who_can_be_stopped_can_be_let_go(vendor: str) -> None:
    stops = ADAPTERS[vendor].OPERATIONS & {CommandOp.STOP_SALE, CommandOp.RESUME_SALE}

    assert len(stops) in {0, 2}


@given(st.data())
def test_any_value_in_any_field_of_a_reply_is_read_or_refused(data: st.DataObject) -> None:
    told: dict[str, Any] = dict(REPLY)
    told[data.draw(st.sampled_from(sorted(told)))] = data.draw(json_values)

    status = _status("lanjing", "lj/LJ24010007/reply", json.dumps(told).encode())

    assert status is None or (status.cmd == REPLY["id"] and 0 <= status.rc <= 255)


@given(st.binary(max_size=24))
def test_any_body_of_a_report_is_read_or_refused(body: bytes) -> None:
    status = _status("tieshan", "", frame(0x21, MACHINE, 1, body)[1:-1])

    assert (status is not None) == (len(body) == 18 and body[16] <= 5)


def _status(vendor: str, address: str, raw: bytes) -> CommandStatus | None:
    try:
        message = ADAPTERS[vendor].read(address, raw).message
    except UnreadableError:
        return None
    assert isinstance(message, CommandStatus)
    return message
