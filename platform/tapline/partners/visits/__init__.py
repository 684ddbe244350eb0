"""Technicians who went somewhere because of findings: who answers for one, pays the visit."""
