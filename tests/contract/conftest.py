"""What the contract tests share."""

from tests.support.stripe_local import stripe_server

__all__ = ["stripe_server"]
