"""When we were listening ourselves: silence in any other time says nothing of a machine."""

from tapline.outages.hearing.model import Hearing
from tapline.outages.hearing.service import GATEWAY, WATCH, Ear, ear, note

__all__ = ["GATEWAY", "WATCH", "Ear", "Hearing", "ear", "note"]
