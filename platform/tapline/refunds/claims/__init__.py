"""Money back that somebody asks for: one state machine, whatever it is for.

requested → (waiting) → review → approved → executing → (partial) → settled, or rejected, withdrawn.
"""
