"""How long machines stood still through the operator's own fault: what clauses are about."""
