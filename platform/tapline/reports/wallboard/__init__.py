"""The duty room's board: a few numbers, and what has waited longest."""
