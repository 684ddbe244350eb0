"""Dispensers that do not exist: firmware, physics, faults and the ground truth of a run."""
