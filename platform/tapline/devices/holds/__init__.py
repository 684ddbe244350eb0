"""What forbids a machine to sell, whoever tells it to: set and lifted by whoever answers for it."""

from tapline.devices.holds.model import SaleHold
from tapline.devices.holds.service import hold, lift, resuming, standing

__all__ = ["SaleHold", "hold", "lift", "resuming", "standing"]
