"""Clients that a broker of its own is to cut off: asked for with the revocation, done by a task."""

from tapline.devices.evictions.model import Eviction
from tapline.devices.evictions.service import EvictionError, Kick, ask, carry_out, failing

__all__ = ["Eviction", "EvictionError", "Kick", "ask", "carry_out", "failing"]
