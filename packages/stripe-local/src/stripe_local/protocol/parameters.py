"""Parameters that Stripe knows and this server does not are refused, never silently ignored."""

from stripe_local.protocol.errors import Json, invalid


def only(params: Json, *known: str) -> None:
    """Refuse parameters outside `known`.

    Raises:
        StripeError: One was given that stripe-local does not carry out.
    """
    for name in params:
        if name not in known:
            raise invalid(f"stripe-local does not support '{name}' here.", param=name, code="not_supported")
