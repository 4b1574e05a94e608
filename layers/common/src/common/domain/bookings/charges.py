"""A charge: one payment of a booking, and the one rule by which all of them make the booking's payment axis."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import Field

from common.domain.payments.operations import FIRST_CHARGE, PaymentMode
from common.domain.shared.model import Model


class PaymentState(StrEnum):
    """Where the customer's money stands."""

    NONE = "none"
    ACTION_REQUIRED = "action_required"
    CARD_SAVED = "card_saved"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"


class ChargePurpose(StrEnum):
    """What a charge pays for."""

    BOOKING = "booking"
    EXTRA = "extra"


class Transferred(Model):
    """One transfer to the provider. ``is_refused``: Stripe would not take it back when it was last asked to."""

    id: str
    amount: int
    reversed_amount: int = 0
    is_refused: bool = False

    @property
    def left(self) -> int:
        """What has not come back, in minor units."""
        return self.amount - self.reversed_amount


class Charge(Model):
    """One payment of a booking: Stripe's identifiers, and what has moved, in minor units of the booking's currency.

    ``id`` is unique within the booking. ``amount`` is what was agreed to be paid by it. ``line_ids`` are the price
    lines that it pays for; the first charge pays for all that no other one names. ``is_charge_failed`` stops the
    machine from charging a card twice on its own. ``commission_amount`` is its part of the booking's commission.
    ``refund_failed_amount`` is what came back of refunds that Stripe could not carry out, ``lost_twice_amount`` what we
    lost because it was refunded and charged back as well. ``dispute_ids`` are the chargebacks of this charge.
    """

    id: str = FIRST_CHARGE
    purpose: ChargePurpose = ChargePurpose.BOOKING
    state: PaymentState = PaymentState.NONE
    mode: PaymentMode
    amount: int
    line_ids: list[str] = Field(default_factory=list)
    payment_intent_id: str | None = None
    setup_intent_id: str | None = None
    stripe_charge_id: str | None = None
    authorized_amount: int = 0
    captured_amount: int = 0
    refunded_amount: int = 0
    charged_back_amount: int = 0
    commission_amount: int = 0
    transferred_amount: int = 0
    reversed_amount: int = 0
    stripe_fee_amount: int = 0
    refund_failed_amount: int = 0
    lost_twice_amount: int = 0
    transfers: list[Transferred] = Field(default_factory=list)
    dispute_ids: list[str] = Field(default_factory=list)
    is_charge_failed: bool = False
    capture_before: datetime | None = None
    attempt: int = 1

    @property
    def has_lapsed(self) -> bool:
        """Whether it pays for nothing any more and never has: it counts for nothing."""
        return self.purpose is not ChargePurpose.BOOKING and not self.line_ids and self.captured_amount == 0

    def reversible(self) -> Transferred | None:
        """The transfer that the next reversal takes from: the newest that holds something, refused ones last."""
        holding = [each for each in reversed(self.transfers) if each.left > 0]
        return next((each for each in holding if not each.is_refused), holding[0] if holding else None)


class Moved(Protocol):
    """What has moved, of one charge or of all of a booking's, in minor units."""

    @property
    def captured_amount(self) -> int:
        """What was taken of the customer."""

    @property
    def refunded_amount(self) -> int:
        """What we gave back."""

    @property
    def charged_back_amount(self) -> int:
        """What the bank took back of what was not refunded."""


def net_paid(moved: Moved) -> int:
    """Captured and not refunded by us, in minor units."""
    return moved.captured_amount - moved.refunded_amount


def kept_amount(moved: Moved) -> int:
    """What of the customer's money is really there: neither refunded nor charged back."""
    return net_paid(moved) - moved.charged_back_amount


def paid_state(moved: Moved) -> PaymentState:
    """The state of what was captured."""
    if moved.refunded_amount == 0:
        return PaymentState.CAPTURED
    whole = moved.refunded_amount >= moved.captured_amount
    return PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED


#: How many have to be weighed against each other.
_SEVERAL = 2
#: Of several charges the one that has come least far says where the money stands.
_UNPAID_ORDER = (
    PaymentState.ACTION_REQUIRED,
    PaymentState.FAILED,
    PaymentState.CARD_SAVED,
    PaymentState.AUTHORIZED,
)


def payment_axis(charges: Sequence[Charge], totals: Moved) -> PaymentState:
    """The booking's payment axis, derived from its charges.

    Charges that have lapsed, and those of which nothing has come (``none``), are left out. Of the others the first in
    the order action required, failed, card saved, authorized decides; where all are paid, their sums do. Where none is
    left, the first charge's state stands. One charge's axis is its state.

    Args:
        charges: all of the booking's, the first being the booking's own.
        totals: the sums of what has moved.
    """
    counted = [each for each in charges if each.state is not PaymentState.NONE and not each.has_lapsed]
    if len(counted) < _SEVERAL:
        return (counted or charges)[0].state
    states = {each.state for each in counted}
    return next((each for each in _UNPAID_ORDER if each in states), paid_state(totals))


#: What a charge holds under the name that it had in ``payment_details`` while a booking had one payment.
_SAME_NAMES = (
    "mode",
    "payment_intent_id",
    "setup_intent_id",
    "authorized_amount",
    "captured_amount",
    "refunded_amount",
    "charged_back_amount",
    "commission_amount",
    "transferred_amount",
    "reversed_amount",
    "stripe_fee_amount",
    "refund_failed_amount",
    "lost_twice_amount",
    "transfers",
    "is_charge_failed",
    "capture_before",
    "attempt",
)
#: All that it holds of it, by its name there.
MOVED_FIELDS = {name: name for name in _SAME_NAMES} | {"charge_id": "stripe_charge_id"}


def with_charges(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """A stored booking with its charges, also where it was written before there were any.

    A release that knows one payment only may write while this one is being deployed; what it writes is read here, and
    the migration ``0097_charges`` does the same to what was stored before.
    """
    details = stored.get("payment_details")
    if stored.get("charges") or not isinstance(details, Mapping):
        return stored
    charge = {new: details[old] for old, new in MOVED_FIELDS.items() if old in details}
    charge["state"] = stored.get("payment", PaymentState.NONE)
    charge["amount"] = stored["price"]["total"]["amount"]
    charge["dispute_ids"] = [each for each in stored.get("chargeback_ids", ()) if ":" not in each]
    return {**stored, "charges": [charge]}
