"""Accounts that should be empty in the end: what each holds, why, since when."""
