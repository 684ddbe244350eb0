"""D26: what a maker's cloud says of a machine that tells us of its sales itself."""

from tapline.reconciliation.feeds.model import Report
from tapline.reconciliation.feeds.service import sweep, take

__all__ = ["Report", "sweep", "take"]
