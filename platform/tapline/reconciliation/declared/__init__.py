"""What is known of cards besides their facts, as reconciliation needs it."""

from tapline.reconciliation.declared.service import declared

__all__ = ["declared"]
