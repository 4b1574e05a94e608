"""Routes of payments."""

from common.runtime.http import RouteGroups

router = RouteGroups(
    "functions.payments",
    (
        "booking_routes:router",
        "/v1/bookings/{id}/payment",
        "/v1/bookings/{id}/payment/confirm",
    ),
    (
        "card_routes:router",
        "/v1/payments/setup-intents",
        "/v1/payments/methods",
        "/v1/payments/methods/{id}",
    ),
    (
        "payout_routes:router",
        "/v1/payments/payouts",
        "/v1/payments/payouts/dashboard-link",
    ),
    (
        "statement_routes:router",
        "/v1/payments/statements",
        "/v1/payments/statements.csv",
        "/v1/bookings/{id}/payment/statement.csv",
        "/v1/admin/providers/{id}/statements.csv",
    ),
    (
        "plan_routes:router",
        "/v1/subscriptions/plans",
        "/v1/subscriptions/me",
        "/v1/subscriptions/checkout",
        "/v1/subscriptions/portal",
    ),
    (
        "admin_routes:router",
        "/v1/admin/bookings/{id}/refunds",
        "/v1/admin/payment-discrepancies",
        "/v1/admin/provider-debts",
    ),
)
