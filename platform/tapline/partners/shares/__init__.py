"""The properties' share of water revenue, day by day, from what the ledger holds."""
