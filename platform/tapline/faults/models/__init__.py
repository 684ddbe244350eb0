"""The registry of learnt models: one speaks, others listen beside it, none is ever overwritten."""

from tapline.faults.models.model import FaultModel, ModelStatus
from tapline.faults.models.service import add, champion, get, listed, promote, rollback

__all__ = [
    "FaultModel",
    "ModelStatus",
    "add",
    "champion",
    "get",
    "listed",
    "promote",
    "rollback",
]
