"""What machine it is."""

import os
import platform
from pathlib import Path


def processor() -> str:
    """How many cores of which make."""
    cpuinfo = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (cpuinfo.read_text().splitlines() if cpuinfo.exists() else [])
        if line.startswith("model name")
    ]
    return f"{os.cpu_count()} cores, {models[0] if models else platform.processor()}"
