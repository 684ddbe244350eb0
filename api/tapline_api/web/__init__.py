"""Pages, one folder a front door."""
