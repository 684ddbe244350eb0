"""Pours whose money was settled, and may not be any more."""

from tapline.water.traces.settled.service import follow

__all__ = ["follow"]
