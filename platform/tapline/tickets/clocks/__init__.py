"""The clocks of a ticket: what was promised, pauses for the customer, warning, escalation."""
