"""A ticket's place at the desk: what the router offers to whom follows from the ticket."""
