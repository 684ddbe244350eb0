"""Events on their way out: written with the change they report, relayed once it is committed."""

from tapline.outbox.model import HandledEvent, OutboxMessage
from tapline.outbox.repository import OutboxRepository

__all__ = ["HandledEvent", "OutboxMessage", "OutboxRepository"]
