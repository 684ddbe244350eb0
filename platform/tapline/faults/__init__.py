"""What is wrong with devices: alarms they raise and clear."""

from tapline.faults.model import Alarm
from tapline.faults.service import note, open_alarms

__all__ = ["Alarm", "note", "open_alarms"]
