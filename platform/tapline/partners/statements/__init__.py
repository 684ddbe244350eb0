"""What is settled with a partner month by month: charged back, compensated, shared."""
