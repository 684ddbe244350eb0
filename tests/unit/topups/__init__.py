"""Limits, bonus and shares, as pure rules."""
