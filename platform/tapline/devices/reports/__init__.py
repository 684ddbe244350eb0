"""What devices report of themselves: numbered events, kept once each."""

from tapline.devices.reports.service import Report, Taken, take

__all__ = ["Report", "Taken", "take"]
