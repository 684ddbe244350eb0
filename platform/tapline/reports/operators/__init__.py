"""A month between us and another operator: what each claimed, corrected, set off and paid."""
