"""What every event is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events; the class name is the event's type in the outbox.

    Fields are JSON values, UUIDs or tuples of them.
    """

    tenant_id: str
