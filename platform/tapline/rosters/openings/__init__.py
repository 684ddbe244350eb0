"""Machines that stood still through a holiday are flushed before the students come back."""

from tapline.rosters.openings.model import Flush
from tapline.rosters.openings.service import FlushView, acknowledge, listed, prepare

__all__ = ["Flush", "FlushView", "acknowledge", "listed", "prepare"]
