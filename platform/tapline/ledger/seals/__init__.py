"""Tamper evidence: a hash chain per tenant over committed journals, and its verification."""
