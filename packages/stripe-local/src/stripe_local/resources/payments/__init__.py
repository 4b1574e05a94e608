"""Taking payments: intents, cards, charges, refunds, disputes."""
