"""Business parameters as data: versioned per tenant, with defaults, shown with each decision."""

from tapline.policy.rules import Policy
from tapline.policy.service import current, publish

__all__ = ["Policy", "current", "publish"]
