"""Staff: agents, supervisors, property managers, administrators."""
