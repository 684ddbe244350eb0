"""Which telephone rings for whom."""
