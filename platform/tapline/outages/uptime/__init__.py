"""How much of the time in which it was to serve a machine did."""

from tapline.outages.uptime.rules import STOPPING, SUPPLY, Account, Part, account, added
from tapline.outages.uptime.service import (
    MachineUptime,
    Standstill,
    of_machines,
    standstills,
    whole_month,
)

__all__ = [
    "STOPPING",
    "SUPPLY",
    "Account",
    "MachineUptime",
    "Part",
    "Standstill",
    "account",
    "added",
    "of_machines",
    "standstills",
    "whole_month",
]
