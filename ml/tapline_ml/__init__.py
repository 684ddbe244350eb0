"""Fault foresight. Empty until telemetry has labels to learn from."""
