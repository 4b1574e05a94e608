"""Money at the payment provider: operations, ledger, currencies, tax, plans."""
