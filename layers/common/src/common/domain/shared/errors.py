"""The one error tree. Each error carries its wire code and HTTP status and is rendered in one place.

GigstaError
├── InvalidSignature 400
├── InvalidInput 422
│   └── IdempotencyKeyReused 422
├── Unauthenticated 401
├── PaymentDeclined 402
├── Forbidden 403
├── NotFound 404
├── Conflict 409
│   ├── ActionNotAvailable
│   ├── SlotUnavailable
│   ├── OfferGone
│   ├── StepOutOfOrder
│   ├── IdempotencyInFlight
│   └── GatewayRefused
├── VersionConflict 412
├── PayloadTooLarge 413
├── RateLimited 429
│   └── TooManyHolds
└── Unavailable 503
    ├── GatewayUncertain
    └── OutOfTime
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong field of a request: its dotted path, a sentence for people and a stable code for programs."""

    field: str
    message: str
    code: str


class GigstaError(Exception):
    """Anything the product refuses or cannot do, with what the caller may know about it.

    Args:
        detail: a sentence for the caller; never internals, never a secret.
        code: overrides the class's stable code where a rule has a name of its own.
        extra: further members of the problem document (RFC 9457 section 3.2).
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str = "", *, code: str | None = None, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.wire_code = code or self.code
        self.extra: dict[str, Any] = dict(extra or {})


class InvalidSignature(GigstaError):
    """A signed message whose signature is missing, wrong or too old; Stripe's own examples answer 400."""

    code = "invalid_signature"
    status = 400
    title = "Invalid signature"


class InvalidInput(GigstaError):
    """The request was understood but a field of it breaks a rule."""

    code = "invalid_input"
    status = 422
    title = "Invalid input"

    def __init__(self, detail: str = "", *, code: str | None = None, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail, code=code)
        self.errors = tuple(errors)

    @classmethod
    def of(cls, field: str, message: str, code: str = "invalid") -> "InvalidInput":
        """One wrong field: its dotted path, a sentence for people, a stable code for programs."""
        return cls(message, errors=[FieldError(field, message, code)])


class IdempotencyKeyReused(InvalidInput):
    """The same idempotency key came with another request."""

    code = "idempotency_key_reused"


class Unauthenticated(GigstaError):
    """No credentials, or credentials that prove nothing."""

    code = "unauthenticated"
    status = 401
    title = "Authentication required"


class PaymentDeclined(GigstaError):
    """The card issuer or Stripe refused the charge; ``detail`` says what the payer can do.

    Args:
        decline_code: Stripe's decline code, or its error code where there is none.
        intent_id: the intent that was declined, where one was made.
    """

    code = "payment_declined"
    status = 402
    title = "Payment declined"

    def __init__(self, detail: str = "", *, decline_code: str = "card_declined", intent_id: str | None = None) -> None:
        super().__init__(detail, extra={"decline_code": decline_code})
        self.decline_code = decline_code
        self.intent_id = intent_id


class Forbidden(GigstaError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403
    title = "Forbidden"


class NotFound(GigstaError):
    """There is no such thing, or the caller may not know of it."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(GigstaError):
    """The request is sound but the present state forbids it."""

    code = "conflict"
    status = 409
    title = "Conflict"


class ActionNotAvailable(Conflict):
    """The booking's state, the time or the caller's part in it forbids this action now."""

    code = "action_not_available"
    title = "Action not available"


class FeeNotAccepted(Conflict):
    """A critical action's fee was not agreed to, or is another one by now; the present consequences come with it."""

    code = "fee_not_accepted"
    title = "Fee not accepted"


class TermsChanged(Conflict):
    """A service's price or cancellation policy is another one than the caller saw; the present ones come with it."""

    code = "terms_changed"
    title = "Terms changed"


class SlotUnavailable(Conflict):
    """An overlapping interval is taken, or the provider does not work then."""

    code = "slot_unavailable"
    title = "Slot unavailable"


class OfferGone(Conflict):
    """An offer that somebody else was quicker for, or that has ended; its present state comes with it."""

    code = "offer_gone"
    title = "Offer gone"


class StepOutOfOrder(Conflict):
    """An onboarding step that needs an earlier one; ``extra['missing']`` names what."""

    code = "step_out_of_order"
    title = "Step out of order"


class IdempotencyInFlight(Conflict):
    """A request with the same idempotency key is still being worked on.

    Args:
        retry_after: whole seconds after which asking again makes sense.
    """

    code = "idempotency_in_flight"
    title = "Request in flight"

    def __init__(self, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class GatewayRefused(Conflict):
    """The payment provider refuses the call as it stands, so that repeating it is of no use.

    Args:
        reason: the provider's own error code, such as ``charge_already_refunded``; for logs and decisions.
    """

    code = "payment_refused"
    title = "Payment refused"

    def __init__(self, detail: str = "The payment provider refused this.", *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason


class VersionConflict(GigstaError):
    """The caller's version of the resource is stale."""

    code = "version_conflict"
    status = 412
    title = "Precondition failed"


class PayloadTooLarge(GigstaError):
    """The body is larger than the route takes."""

    code = "payload_too_large"
    status = 413
    title = "Payload too large"


class RateLimited(GigstaError):
    """Too many requests.

    Args:
        retry_after: whole seconds until a request may succeed.
        limit: how many there may be at once, where that is a number.
    """

    code = "rate_limited"
    status = 429
    title = "Too many requests"

    def __init__(self, detail: str = "Too many requests.", *, retry_after: int, limit: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.limit = limit


class TooManyHolds(RateLimited):
    """A network address holds as many unpaid or unconfirmed slots of one provider as it may."""

    code = "too_many_holds"
    title = "Too many slots on hold"


class Unavailable(GigstaError):
    """A dependency is unavailable; the caller may try again after ``retry_after`` seconds."""

    code = "unavailable"
    status = 503
    title = "Service unavailable"

    def __init__(
        self,
        detail: str = "The service is temporarily unavailable.",
        *,
        code: str | None = None,
        retry_after: int = 5,
    ) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class ComesLater(Unavailable):
    """Asked to come again after ``retry_after`` seconds and no sooner: trying before is what keeps it from working."""

    code = "comes_later"


class GatewayUncertain(Unavailable):
    """The payment provider gave no answer and may have acted; look up before acting again.

    Args:
        is_final: the answer is the provider's stored one for this idempotency key, so the call has ended and the key
            will never do more.
    """

    code = "payment_uncertain"

    def __init__(
        self, detail: str = "The payment provider did not answer.", *, is_final: bool = False, retry_after: int = 5
    ) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.is_final = is_final


class OutOfTime(Unavailable):
    """The request's time is nearly used up, so that what it needs next is not begun, or was broken off."""

    code = "out_of_time"

    def __init__(self, detail: str = "This took too long. Try again.", *, retry_after: int = 5) -> None:
        super().__init__(detail, retry_after=retry_after)
