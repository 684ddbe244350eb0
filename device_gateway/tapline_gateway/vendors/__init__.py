"""Machines of other makers: adapters turn their frames into messages of our contract.

An adapter is a module with the face of `Adapter`; it declares what its language can say and how
well its transport tells who spoke. What it reads goes the way of our own messages: the same
handlers, the same transaction, and an answer in the maker's own manner once that is committed. What
its machines can be told comes out of the same queue of commands.
"""

from tapline_gateway.vendors.adapter import (
    Adapter,
    Capability,
    Commander,
    Order,
    Said,
    UnreadableError,
)
from tapline_gateway.vendors.orders import contract, worded
from tapline_gateway.vendors.reading import is_foreign, read_arrival, read_record
from tapline_gateway.vendors.register import Register
from tapline_gateway.vendors.registry import (
    ADAPTERS,
    CLOUDS,
    SUBSCRIPTIONS,
    TOLD_OVER_MQTT,
)

__all__ = [
    "ADAPTERS",
    "CLOUDS",
    "SUBSCRIPTIONS",
    "TOLD_OVER_MQTT",
    "Adapter",
    "Capability",
    "Commander",
    "Order",
    "Register",
    "Said",
    "UnreadableError",
    "contract",
    "is_foreign",
    "read_arrival",
    "read_record",
    "worded",
]
