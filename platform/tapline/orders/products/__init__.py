"""What is sold by the barrel."""
