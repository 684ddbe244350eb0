"""Lifetime counters, which come with hellos and by themselves."""

from tapline import devices
from tapline.devices import Device
from tapline_gateway.protocol import Totals, TotalsReport, freshness


def take_totals(device: Device, said: Totals | TotalsReport) -> None:
    """Keep the counters of a locked device, unless one of them would fall: that is a copy."""
    seen = Totals(n=device.total_n or 0, fen=device.total_fen or 0, ml=device.total_ml or 0)
    if freshness.totals_hold(seen, said):
        devices.report_totals(device=device, totals=devices.Totals(said.n, said.fen, said.ml))
