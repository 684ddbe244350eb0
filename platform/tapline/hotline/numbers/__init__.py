"""Hotline numbers: state, limits, and what they show when we call out."""
