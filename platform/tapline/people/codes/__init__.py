"""One-time codes, by which a customer proves a phone."""
