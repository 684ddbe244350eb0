"""Machines that are not heard of: from the last word to the first one after it."""

from tapline.outages.darkness.model import Darkness, Return
from tapline.outages.darkness.service import came_back, follow, of_device, open_now

__all__ = ["Darkness", "Return", "came_back", "follow", "of_device", "open_now"]
