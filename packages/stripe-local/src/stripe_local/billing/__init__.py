"""Rules of recurring billing: periods, invoices, subscriptions, checkout."""
