"""What other operators gave to us of their customers, who are ours as well."""

from tapline.sharing.received.model import ReceivedRevocation, ReceivedStatement
from tapline.sharing.received.revoking import take_revocation
from tapline.sharing.received.rules import Movement, movements
from tapline.sharing.received.service import Shown, forget_ended, of_customer, receive

__all__ = [
    "Movement",
    "ReceivedRevocation",
    "ReceivedStatement",
    "Shown",
    "forget_ended",
    "movements",
    "of_customer",
    "receive",
    "take_revocation",
]
