"""Found by every Python process under siege, by PYTHONPATH: its clock may be stepped from outside.

The product has no such knob, and shall have none. The file that `TAPLINE_CHAOS_CLOCK` names holds
how far the clock is off, in seconds; the database's own clock stays right, which is worse.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tapline import clock

OFFSET = Path(os.environ["TAPLINE_CHAOS_CLOCK"])


def _stepped() -> datetime:
    try:
        off_s = float(OFFSET.read_text() or 0)
    except FileNotFoundError:
        off_s = 0.0
    return datetime.now(UTC) + timedelta(seconds=off_s)


clock.now = _stepped
