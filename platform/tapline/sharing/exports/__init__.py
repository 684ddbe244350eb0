"""Exports: what was given to whom, and when."""

from tapline.sharing.exports.model import SharingExport
from tapline.sharing.exports.service import export, of_consents

__all__ = ["SharingExport", "export", "of_consents"]
