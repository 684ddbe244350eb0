"""Dispensers: who they are, whether they are there, how far their streams have come."""

from tapline.devices.model import Assurance, Device, DeviceStream, Presence, Stream
from tapline.devices.service import (
    Hello,
    HelloOutcome,
    Provisioned,
    Standing,
    Totals,
    declare_lost,
    get,
    greet,
    listed,
    locked,
    mark_presence,
    mark_seen,
    register,
    report_config,
    report_totals,
    upto,
)
from tapline.devices.streams import advance_streams, keep_streams
from tapline.devices.vault import Vault

__all__ = [
    "Assurance",
    "Device",
    "DeviceStream",
    "Hello",
    "HelloOutcome",
    "Presence",
    "Provisioned",
    "Standing",
    "Stream",
    "Totals",
    "Vault",
    "advance_streams",
    "declare_lost",
    "get",
    "greet",
    "keep_streams",
    "listed",
    "locked",
    "mark_presence",
    "mark_seen",
    "register",
    "report_config",
    "report_totals",
    "upto",
]
