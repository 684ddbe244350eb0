"""What is left on clearing accounts."""
