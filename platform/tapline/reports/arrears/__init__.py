"""Who owes for water, how much, and for how long."""
