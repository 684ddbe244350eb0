"""Provisioning: shipped devices claim keys of their own, by the credential of their batch."""

from tapline.devices.provisioning.model import ClaimBatch, ShippedDevice
from tapline.devices.provisioning.service import (
    Claimed,
    ClaimLogin,
    Question,
    batches,
    claim,
    claim_keys,
    close_batch,
    door,
    doors,
    free,
    import_shipment,
    open_batch,
    shipped,
)

__all__ = [
    "ClaimBatch",
    "ClaimLogin",
    "Claimed",
    "Question",
    "ShippedDevice",
    "batches",
    "claim",
    "claim_keys",
    "close_batch",
    "door",
    "doors",
    "free",
    "import_shipment",
    "open_batch",
    "shipped",
]
