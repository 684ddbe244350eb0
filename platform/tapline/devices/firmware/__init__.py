"""Which firmware a machine ran in which of its starts: a fact names its start, so also its code."""

from tapline.devices.firmware.model import FirmwareRun
from tapline.devices.firmware.service import Running, note, ran, runs

__all__ = ["FirmwareRun", "Running", "note", "ran", "runs"]
