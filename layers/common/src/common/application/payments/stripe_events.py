"""Which handler takes which of Stripe's event types; every other type is ignored, and counted."""

from common.application.payments.webhooks import Handler, payment_changed

#: By the type's prefix; the longest that fits is taken (https://docs.stripe.com/api/events/types).
HANDLERS: dict[str, Handler] = {
    "payment_intent": payment_changed,
    "setup_intent": payment_changed,
    "charge": payment_changed,
    "refund": payment_changed,
    "transfer": payment_changed,
}
