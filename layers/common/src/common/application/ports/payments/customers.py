"""Stripe's customer of an account."""

from typing import Protocol


class StripeCustomers(Protocol):
    """Remembers which Stripe customer belongs to which account."""

    async def replace(self, user_id: str, gone: str, customer_id: str) -> str | None:
        """Store the customer in place of one that Stripe has no more; returns what ``remember`` does."""
        ...

    async def remember(self, user_id: str, customer_id: str) -> str | None:
        """Store the customer where none is stored yet; the one that is stored now, ``None`` for a deleted account."""
        ...
