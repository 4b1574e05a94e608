"""Faults that tests and developers order for the next requests."""

import re
from dataclasses import dataclass, field
from typing import Literal

from stripe_local.protocol.errors import Json, StripeError

Action = Literal["status", "delay", "drop"]
When = Literal["before", "after"]
# https://docs.stripe.com/rate-limits#object-lock-timeouts
_LOCKED = (
    "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. "
    "If you see this error intermittently, retry the request. If you see this error frequently and are making multiple "
    "concurrent requests to a single object, make your requests serially or at a lower rate."
)
_MESSAGES = {
    429: ("rate_limit", "Request rate limit exceeded. Learn more at https://docs.stripe.com/rate-limits."),
    500: ("api_error", "An unknown error occurred."),
    503: ("api_error", "Stripe is temporarily unavailable."),
}


@dataclass
class Fault:
    """One order.

    Args:
        method: Regular expression for the method.
        path: Regular expression searched in the path.
        times: How many requests it still hits; negative means until it is removed.
        skip: How many matching requests pass first.
        action: Answer an error status, delay, or drop the connection.
        when: Before the request is carried out, or after (the deed is done, its answer lost or replaced).
        status: For `status`: the HTTP status.
        code: For `status`: Stripe's error code, such as `lock_timeout` with 429.
        delay_seconds: For `delay`; also waited before the other actions.
    """

    method: str = ".*"
    path: str = ".*"
    times: int = 1
    skip: int = 0
    action: Action = "status"
    when: When = "before"
    status: int = 500
    code: str = ""
    delay_seconds: float = 0.0
    hits: int = 0

    def error(self) -> StripeError:
        """The error this fault answers with."""
        kind, message = _MESSAGES.get(self.status, ("api_error", "An unknown error occurred."))
        if self.code == "lock_timeout":
            return StripeError(self.status, "invalid_request_error", _LOCKED, code=self.code)
        code = self.code or ("rate_limit" if kind == "rate_limit" else None)
        error_type = "invalid_request_error" if kind == "rate_limit" else kind
        return StripeError(self.status, error_type, message, code=code)


@dataclass
class Faults:
    """The orders in force, oldest first."""

    orders: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """The first order that hits this request, counted as used."""
        for order in self.orders:
            if order.times == 0 or not re.fullmatch(order.method, method) or not re.search(order.path, path):
                continue
            if order.skip > 0:
                order.skip -= 1
                continue
            order.times -= 1
            order.hits += 1
            return order
        return None

    def describe(self) -> list[Json]:
        """The orders as JSON."""
        return [dict(vars(order)) for order in self.orders]
