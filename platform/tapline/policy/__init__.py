"""Business parameters as data: versioned per tenant, with defaults, shown with each decision."""

from tapline.policy.law import JURISDICTIONS, Jurisdiction, void_clauses
from tapline.policy.model import PolicyVersion
from tapline.policy.rules import Policy
from tapline.policy.service import current, listed, on, publish, version

__all__ = [
    "JURISDICTIONS",
    "Jurisdiction",
    "Policy",
    "PolicyVersion",
    "current",
    "listed",
    "on",
    "publish",
    "version",
    "void_clauses",
]
