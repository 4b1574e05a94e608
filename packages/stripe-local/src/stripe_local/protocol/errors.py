"""Errors in the shape of Stripe's error bodies (https://docs.stripe.com/api/errors)."""

from typing import Any

Json = dict[str, Any]


class StripeError(Exception):
    """An answer other than 200.

    Args:
        status: HTTP status.
        kind: Stripe's `type`, such as `invalid_request_error`.
        message: Text for a developer.
        keep: Whether what the request changed so far is kept (a declined payment leaves its trace).
        fields: Further members of the error body (`code`, `param`, `decline_code`, …); None is left out.
    """

    def __init__(self, status: int, kind: str, message: str, *, keep: bool = False, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        members = {"message": message, "type": kind, **fields}
        self.error: Json = {name: value for name, value in members.items() if value is not None}
        code = self.error.get("code")
        if code:
            self.error["doc_url"] = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"

    def headers(self) -> dict[str, str]:
        """Header fields of this error alone."""
        return {"stripe-rate-limited-reason": "global-rate"} if self.error.get("code") == "rate_limit" else {}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """A request that cannot be carried out (400)."""
    return StripeError(400, "invalid_request_error", message, param=param, code=code)


def not_found(kind: str, object_id: str, *, param: str, status: int) -> StripeError:
    """An id that names nothing: 404 for the object in the path, 400 for one in a parameter."""
    message = f"No such {kind}: '{object_id}'"
    return StripeError(status, "invalid_request_error", message, code="resource_missing", param=param)


def unauthorized(message: str) -> StripeError:
    """No key, or one that is not ours (401)."""
    return StripeError(401, "invalid_request_error", message)


def forbidden(message: str) -> StripeError:
    """A key that may not do this (403)."""
    return StripeError(403, "invalid_request_error", message)


def inaccessible(account_id: str) -> StripeError:
    """An account that the key has no access to, or that there is not (403)."""
    message = (
        f"The provided key does not have access to account '{account_id}' (or that account does not exist). "
        "Application access may have been revoked."
    )
    return StripeError(403, "invalid_request_error", message, code="account_invalid")


def unexpected_state(message: str, intent: Json) -> StripeError:
    """An intent that is not in a status from which this step is possible."""
    kind = str(intent["object"])
    fields: Json = {"code": f"{kind}_unexpected_state", kind: intent}
    return StripeError(400, "invalid_request_error", message, **fields)
