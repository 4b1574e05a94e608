"""Operations at Stripe: executed once, followed until they are done."""
