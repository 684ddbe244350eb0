"""Water that stood: flushed by night, and before a site that was closed opens again."""

from tapline.rosters.openings.model import Flush, FlushCause
from tapline.rosters.openings.service import FlushView, acknowledge, listed, prepare
from tapline.rosters.openings.stagnant import flush_by_night

__all__ = [
    "Flush",
    "FlushCause",
    "FlushView",
    "acknowledge",
    "flush_by_night",
    "listed",
    "prepare",
]
