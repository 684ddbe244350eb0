"""Changes of the rules: one person proposes what shall hold, another puts it in force."""

from tapline.policy.proposals.model import PolicyProposal, ProposalState
from tapline.policy.proposals.service import accept, drop, listed, propose

__all__ = ["PolicyProposal", "ProposalState", "accept", "drop", "listed", "propose"]
