"""Which payment methods an intent offers: what the dashboard has switched on, narrowed by the request.

`payment_method_types` can no longer be given since 2026-09-30
(https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents);
`allowed_payment_method_types` filters silently and goes with none of the others
(https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter).
"""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, invalid

_ALLOWED, _EXCLUDED, _AUTOMATIC = (
    "allowed_payment_method_types", "excluded_payment_method_types", "automatic_payment_methods",
)  # fmt: skip


def check(params: Json) -> None:
    """Refuse parameters that exclude each other.

    Raises:
        StripeError: More than one way of choosing is given.
    """
    given = [name for name in (_ALLOWED, _EXCLUDED, _AUTOMATIC) if name in params]
    if _ALLOWED in given and len(given) > 1:
        raise invalid(f"You may only specify one of these parameters: {', '.join(given)}.", param=_ALLOWED)


def of(unit: Unit, params: Json) -> tuple[list[str], Json | None]:
    """The types an intent takes, and its `automatic_payment_methods`.

    Raises:
        StripeError: No type is left.
    """
    if _ALLOWED in params:
        return _left(unit, params), None
    automatic = {"enabled": True, "allow_redirects": "always", **(params.get(_AUTOMATIC) or {})}
    return _left(unit, params), automatic


def change(unit: Unit, intent: Json, params: Json) -> None:
    """Narrow an intent's types by a later request."""
    check(params)
    if _ALLOWED in params:
        intent["payment_method_types"], intent["automatic_payment_methods"] = of(unit, params)
        del params[_ALLOWED]


def _left(unit: Unit, params: Json) -> list[str]:
    excluded = params.get(_EXCLUDED) or []
    allowed = params.get(_ALLOWED) or unit.settings.payment_methods
    left = [name for name in unit.settings.payment_methods if name in allowed and name not in excluded]
    if not left:
        raise invalid("No valid payment method types for this intent.", param=_ALLOWED)
    return left
