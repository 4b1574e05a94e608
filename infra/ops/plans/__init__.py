"""Making the prices of provider plans at Stripe."""
