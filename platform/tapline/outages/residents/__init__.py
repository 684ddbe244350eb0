"""Who drinks from the machines of a site, and what these people are told of outages."""

from tapline.outages.residents.notes import Note, notes, notes_of_customer, spoken
from tapline.outages.residents.telling import send

__all__ = ["Note", "notes", "notes_of_customer", "send", "spoken"]
