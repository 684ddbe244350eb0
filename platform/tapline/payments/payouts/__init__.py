"""Money on its way back to customers: one leg a payment that it came from."""
