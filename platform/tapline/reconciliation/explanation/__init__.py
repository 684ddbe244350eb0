"""The whole story of one card: what it did, what is held for it, what explains each leap."""

from tapline.reconciliation.explanation.rules import Step
from tapline.reconciliation.explanation.service import Explanation, Posting, explain

__all__ = ["Explanation", "Posting", "Step", "explain"]
