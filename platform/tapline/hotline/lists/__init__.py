"""Callers who are refused, and callers who come first."""
