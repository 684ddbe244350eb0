"""Settings: what machines shall have in force, by model, site and machine, and what they say.

Machines are told when it changes and when they come back with an older version; where what they
report differs from what is wanted, that is shown field by field.
"""

from tapline.devices.configuration.model import DeviceConfig, Level, SettingChange
from tapline.devices.configuration.rules import SETTINGS, TARIFF, Field, FieldState
from tapline.devices.configuration.service import (
    SETTERS,
    ConfigView,
    Kept,
    Untold,
    forget,
    greeted,
    history,
    in_force,
    listed,
    models,
    moved,
    push_again,
    put,
    reported,
    take_untold,
    view,
)

__all__ = [
    "SETTERS",
    "SETTINGS",
    "TARIFF",
    "ConfigView",
    "DeviceConfig",
    "Field",
    "FieldState",
    "Kept",
    "Level",
    "SettingChange",
    "Untold",
    "forget",
    "greeted",
    "history",
    "in_force",
    "listed",
    "models",
    "moved",
    "push_again",
    "put",
    "reported",
    "take_untold",
    "view",
]
