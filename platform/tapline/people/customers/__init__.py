"""Customers: those who hold cards."""
