"""Stripe's customer of an account."""

from typing import Protocol


class StripeCustomers(Protocol):
    """Remembers which Stripe customer belongs to which account."""

    async def replace(self, user_id: str, gone: str, customer_id: str) -> str:
        """Store the customer in place of one that Stripe has no more; returns the one that is stored now."""
        ...

    async def remember(self, user_id: str, customer_id: str) -> str:
        """Store the customer where none is stored yet; returns the one that is stored now."""
        ...
