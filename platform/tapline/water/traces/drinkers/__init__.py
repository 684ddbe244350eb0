"""Whom a trace concerns, and who of them was told."""

from tapline.water.traces.drinkers.repository import DrinkerRepository

__all__ = ["DrinkerRepository"]
