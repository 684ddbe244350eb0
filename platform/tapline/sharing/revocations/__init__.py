"""A consent that was taken back travels to whoever has a file that was made on it."""

from tapline.sharing.revocations.service import document, to_hand_over

__all__ = ["document", "to_hand_over"]
