"""Promises to call back, with the place in the queue that the caller had."""
