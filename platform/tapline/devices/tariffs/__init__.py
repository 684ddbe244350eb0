"""Tariffs: what water costs, in versions that facts name. A version never changes."""

from tapline.devices.tariffs.model import TariffVersion
from tapline.devices.tariffs.rules import Tariff
from tapline.devices.tariffs.service import Stranger, known, listed, publish, strangers

__all__ = ["Stranger", "Tariff", "TariffVersion", "known", "listed", "publish", "strangers"]
