"""Bonus campaigns: what a customer is given on top of what he pays in, and who decided so."""

from tapline.cards.campaigns.model import Campaign
from tapline.cards.campaigns.rules import Grant, Terms
from tapline.cards.campaigns.service import approve, end, granted, listed, propose

__all__ = ["Campaign", "Grant", "Terms", "approve", "end", "granted", "listed", "propose"]
