"""What a run amounted to."""

from collections import deque

from msgspec import Struct

SAMPLES = 10_000


class Percentiles(Struct, frozen=True):
    """Milliseconds; 0 without samples."""

    p50: int
    p99: int


class Report(Struct, frozen=True, kw_only=True):
    """`published` counts facts that left a device at least once, `unreleased` those that the
    platform has not released, both since the state folder was new; `injected` is by code, likewise.
    `fact_to_ack_ms` measures from the write to flash to the release; withheld facts are left out.
    `refused_frames` had no valid signature or made no sense; `drained` says that nothing was left.
    """

    published: int
    unreleased: int
    injected: dict[str, int]
    fact_to_ack_ms: Percentiles
    refused_frames: int
    drained: bool


class Latencies:
    """The latest samples of how long a fact waited for its release."""

    def __init__(self) -> None:
        self._samples_s: deque[float] = deque(maxlen=SAMPLES)

    def add(self, sample_s: float) -> None:
        """Count one fact."""
        self._samples_s.append(sample_s)

    def percentiles(self) -> Percentiles:
        """Median and 99th percentile in ms, by nearest rank."""
        ordered = sorted(self._samples_s)
        if not ordered:
            return Percentiles(0, 0)
        ranks = (len(ordered) * percent // 100 for percent in (50, 99))
        p50, p99 = (round(1000 * ordered[min(rank, len(ordered) - 1)]) for rank in ranks)
        return Percentiles(p50, p99)
