"""Firmware images: signed elsewhere, verified here, kept as they came."""

from tapline.rollouts.images.manifest import Manifest, SignedManifest, sign
from tapline.rollouts.images.model import FirmwareImage
from tapline.rollouts.images.service import IMAGE_BYTES_MAX, Trust, get, listed, upload

__all__ = [
    "IMAGE_BYTES_MAX",
    "FirmwareImage",
    "Manifest",
    "SignedManifest",
    "Trust",
    "get",
    "listed",
    "sign",
    "upload",
]
