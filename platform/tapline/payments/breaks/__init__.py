"""Where a payment provider and our books differ, with age, owner and how it ended."""
