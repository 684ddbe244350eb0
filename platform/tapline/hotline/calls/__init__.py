"""Calls, and everything that happened on each."""
