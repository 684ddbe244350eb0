"""Machines of other makers: which of ours each is, and what makers' clouds push to us."""

from tapline.devices.vendors.model import (
    VendorAccount,
    VendorDevice,
    VendorLanguage,
    VendorPush,
)
from tapline.devices.vendors.repository import Language
from tapline.devices.vendors.service import (
    Claim,
    Cloud,
    Clouds,
    PushRefusedError,
    accounts,
    bind,
    declare,
    find,
    forget_pushes,
    languages,
    listed,
    logins,
    mark_handled,
    open_account,
    take_push,
    waiting_pushes,
)

__all__ = [
    "Claim",
    "Cloud",
    "Clouds",
    "Language",
    "PushRefusedError",
    "VendorAccount",
    "VendorDevice",
    "VendorLanguage",
    "VendorPush",
    "accounts",
    "bind",
    "declare",
    "find",
    "forget_pushes",
    "languages",
    "listed",
    "logins",
    "mark_handled",
    "open_account",
    "take_push",
    "waiting_pushes",
]
