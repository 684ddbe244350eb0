"""Servers that Tapline brings along, each run as a child process of the one who needs it."""
