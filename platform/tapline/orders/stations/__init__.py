"""Delivery stations: which districts each serves, and who carries for it."""
