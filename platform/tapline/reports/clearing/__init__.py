"""Accounts that should be empty in the end: what each holds, why, since when, and whose turn it is.

Why is read off the business's own rows, never off the ledger: what the two do not agree on has no
explanation, and somebody must look.
"""
