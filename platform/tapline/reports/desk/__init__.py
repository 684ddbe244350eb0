"""What the people at the desk look at: the queue, and one case with its evidence."""
