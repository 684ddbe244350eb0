"""Written back to purses: what they lack because records of it never came."""

from tapline.refunds.restores.service import settle_restore

__all__ = ["settle_restore"]
