"""Many machines of a site gone dark at once: one incident, not one case a machine."""

from tapline.outages.incidents.model import Cause, Incident, IncidentKind
from tapline.outages.incidents.reading import IncidentView, alone, get, listed, open_incidents
from tapline.outages.incidents.service import announce, gather
from tapline.outages.incidents.words import proposed

__all__ = [
    "Cause",
    "Incident",
    "IncidentKind",
    "IncidentView",
    "alone",
    "announce",
    "gather",
    "get",
    "listed",
    "open_incidents",
    "proposed",
]
