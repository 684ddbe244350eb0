"""Reading the ledger: balances, statements, the trial balance, what an account holds and why."""
