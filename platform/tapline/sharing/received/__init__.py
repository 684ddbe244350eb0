"""What other operators gave to us of their customers, who are ours as well."""

from tapline.sharing.received.model import ReceivedStatement
from tapline.sharing.received.rules import Movement, movements
from tapline.sharing.received.service import Shown, forget_ended, of_customer, receive

__all__ = [
    "Movement",
    "ReceivedStatement",
    "Shown",
    "forget_ended",
    "movements",
    "of_customer",
    "receive",
]
