"""Foresight at work: learning models, asking them every day, and a simulated past to show it on."""

from tapline_ops.prediction.backfill import backfill
from tapline_ops.prediction.scoring import Swept, score
from tapline_ops.prediction.training import Size, train

__all__ = ["Size", "Swept", "backfill", "score", "train"]
