"""What Stripe tells us."""
