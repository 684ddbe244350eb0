"""Business parameters as data: versioned per tenant, with defaults, shown with each decision."""

from tapline.policy import proposals
from tapline.policy.law import JURISDICTIONS, Jurisdiction, void_clauses
from tapline.policy.model import PolicyVersion
from tapline.policy.networks import admitted, unreadable_networks
from tapline.policy.proposals import PolicyProposal, ProposalState
from tapline.policy.rules import Policy
from tapline.policy.service import current, listed, on, publish, version

__all__ = [
    "JURISDICTIONS",
    "Jurisdiction",
    "Policy",
    "PolicyProposal",
    "PolicyVersion",
    "ProposalState",
    "admitted",
    "current",
    "listed",
    "on",
    "proposals",
    "publish",
    "unreadable_networks",
    "version",
    "void_clauses",
]
