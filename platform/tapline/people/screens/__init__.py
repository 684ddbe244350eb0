"""Wallboard screens: each has a token of its own that opens the board and nothing else."""
