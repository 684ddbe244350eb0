"""The way to the platform: a connection of one's own, and store and forward over it."""

from tapline_sim.uplink.connection import Connection
from tapline_sim.uplink.upload import Upload

__all__ = ["Connection", "Upload"]
