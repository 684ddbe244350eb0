"""Buckets at customers', and the deposits paid for them."""
