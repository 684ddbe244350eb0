"""Barrels by station and day: how many came, for how many tickets, and how fast."""
