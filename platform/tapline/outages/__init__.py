"""Machines that are dark, outages planned and not, and the time in which water was to be had."""

from tapline.outages import hearing, incidents, plans, uptime
from tapline.outages.darkness import Darkness, Return, came_back, of_device, open_now
from tapline.outages.incidents import Cause, Incident, IncidentKind, IncidentView
from tapline.outages.plans import PlannedOutage
from tapline.outages.residents import Note, notes, notes_of_customer, spoken
from tapline.outages.service import tell, watch
from tapline.outages.shelter import Shelter, shelter_at
from tapline.outages.spans import Span
from tapline.outages.uptime import Standstill

__all__ = [
    "Cause",
    "Darkness",
    "Incident",
    "IncidentKind",
    "IncidentView",
    "Note",
    "PlannedOutage",
    "Return",
    "Shelter",
    "Span",
    "Standstill",
    "came_back",
    "hearing",
    "incidents",
    "notes",
    "notes_of_customer",
    "of_device",
    "open_now",
    "plans",
    "shelter_at",
    "spoken",
    "tell",
    "uptime",
    "watch",
]
