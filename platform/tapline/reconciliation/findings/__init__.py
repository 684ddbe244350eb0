"""What was found: recorded, read, exported, and marked with how its money was settled."""
