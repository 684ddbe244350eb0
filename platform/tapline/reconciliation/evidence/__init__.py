"""What stands behind a finding, frozen with a hash when it is found."""

from tapline.reconciliation.evidence.service import attach

__all__ = ["attach"]
