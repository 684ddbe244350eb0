"""Tap to prove: who holds a card can tap it where and when he is told to."""

from tapline.cards.challenges.model import Challenge, ChallengeState
from tapline.cards.challenges.rules import Obstacle
from tapline.cards.challenges.service import ask, confirm, get, obstacle, reject, tapped

__all__ = [
    "Challenge",
    "ChallengeState",
    "Obstacle",
    "ask",
    "confirm",
    "get",
    "obstacle",
    "reject",
    "tapped",
]
