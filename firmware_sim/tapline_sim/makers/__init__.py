"""Machines of other makers: the same water, cards and memory, another language to the platform."""

from tapline_sim.makers.machine import ForeignMachine, build

__all__ = ["ForeignMachine", "build"]
