"""What arrived, byte for byte, and what of it could not be understood."""

from tapline.devices.messages.model import DeadLetter, InboxMessage
from tapline.devices.messages.service import Raw, Refusal, buried, bury, keep

__all__ = ["DeadLetter", "InboxMessage", "Raw", "Refusal", "buried", "bury", "keep"]
