"""From a maker's record to a letter of ours, or to a refusal with its reason."""

import logging

from tapline.devices.messages import Refusal
from tapline_gateway.link import Arrival
from tapline_gateway.protocol import Message, Topic, TxnFrame
from tapline_gateway.reading import Letter, Reading, Receipt, Refused, Testimony
from tapline_gateway.vendors.adapter import Adapter, UnreadableError
from tapline_gateway.vendors.register import Machine, Register
from tapline_gateway.vendors.registry import OVER_MQTT

log = logging.getLogger(__name__)

UNREADABLE, UNKNOWN = "vendor_unreadable", "unknown_device"
"""Why a maker's record is set aside: its bytes, or the machine that it names."""


def is_foreign(topic: str) -> bool:
    """Whether a topic belongs to a maker's tree."""
    return topic.partition("/")[0] in OVER_MQTT


def read_arrival(arrival: Arrival, register: Register) -> Reading | None:
    """A record that came over MQTT; None for an empty one, which clears the broker's copy."""
    if not arrival.payload:
        return None
    adapter = OVER_MQTT[arrival.topic.partition("/")[0]]
    return read_record(adapter, register, arrival.payload, address=arrival.topic)


def read_record(
    adapter: Adapter,
    register: Register,
    raw: bytes,
    *,
    address: str = "",
    tenant_id: str | None = None,
) -> Reading:
    """One record of a maker, read.

    Args:
        adapter: whose language it is.
        register: says which machine is meant.
        raw: the record.
        address: its topic, where it came over MQTT.
        tenant_id: for whom alone the sender may speak; None: for whom the machine belongs to.
    """
    try:
        said = adapter.read(address, raw)
    except UnreadableError as error:
        return _unreadable(adapter, register, raw, error, address=address, tenant_id=tenant_id)
    except Exception as error:
        log.exception("the %s adapter failed on a record", adapter.NAME)
        flaw = UnreadableError(f"the adapter failed: {type(error).__name__}")
        return _unreadable(adapter, register, raw, flaw, address=address, tenant_id=tenant_id)
    machine = _machine(adapter, register, said.foreign_id, tenant_id)
    came_to = address or _address(adapter, said.foreign_id)
    if machine is None:
        why = f"{adapter.NAME} {said.foreign_id} is no machine of ours: bind it, then replay this"
        refusal = Refusal(
            tenant_id=tenant_id,
            device_id=None,
            topic=came_to,
            payload=raw,
            code=UNKNOWN,
            reason=why,
            vendor=adapter.NAME,
        )
        return Refused(refusal)
    message: Message | TxnFrame | Testimony = said.message
    if machine.is_witness and isinstance(said.message, TxnFrame):
        message = Testimony(adapter.NAME, said.message)
    return Letter(
        Topic(machine.tenant_id, machine.device_id, said.name),
        raw,
        message,
        assurance=adapter.ASSURANCE,
        vendor=adapter.NAME,
        address=came_to,
        receipt=_receipt(adapter, said.foreign_id, said.ref),
    )


def _unreadable(
    adapter: Adapter,
    register: Register,
    raw: bytes,
    error: UnreadableError,
    *,
    address: str,
    tenant_id: str | None,
) -> Refused:
    """It is kept whole, so that its machine need not keep it: it is told so, if it can be."""
    machine = None
    if error.foreign_id is not None:
        machine = _machine(adapter, register, error.foreign_id, tenant_id)
    refusal = Refusal(
        tenant_id=machine.tenant_id if machine else tenant_id,
        device_id=machine.device_id if machine else None,
        topic=address or _address(adapter, error.foreign_id),
        payload=raw,
        code=UNREADABLE,
        reason=str(error),
        vendor=adapter.NAME,
        is_released=machine is not None,
    )
    receipt = _receipt(adapter, error.foreign_id, error.ref) if machine else None
    return Refused(refusal, receipt=receipt)


def _machine(
    adapter: Adapter, register: Register, foreign_id: str, tenant_id: str | None
) -> Machine | None:
    machine = register.find(adapter.NAME, foreign_id)
    if machine is None or tenant_id not in {None, machine.tenant_id}:
        return None
    return machine


def _receipt(adapter: Adapter, foreign_id: str | None, ref: int | None) -> Receipt | None:
    return None if foreign_id is None or ref is None else adapter.receipt(foreign_id, ref)


def _address(adapter: Adapter, foreign_id: str | None) -> str:
    return f"{adapter.NAME}:{foreign_id or '?'}"
