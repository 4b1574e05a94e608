"""A believable marketplace in New Zealand and Australia: small for a demonstration, large for measurements."""
