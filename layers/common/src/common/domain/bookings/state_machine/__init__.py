"""The state machine: one table of actions, and what offers, performs, times and pays by it.

Every function is pure: it takes a booking and the present instant and gives a ``BookingChange`` to commit whole.
"""

from common.domain.bookings.state_machine.agreement import fee_since, require_agreement
from common.domain.bookings.state_machine.charge_parts import refundable_in_all
from common.domain.bookings.state_machine.chargebacks import ChargebackOutcome, apply_chargeback, was_won
from common.domain.bookings.state_machine.checks import MAX_AHEAD
from common.domain.bookings.state_machine.context import SYSTEM, in_flight
from common.domain.bookings.state_machine.creation import Agreed, AgreedLine, NewBooking, create
from common.domain.bookings.state_machine.diagram import to_json, to_markdown, to_mermaid
from common.domain.bookings.state_machine.engine import (
    asks_stripe_first,
    attempt_limit,
    due_action,
    fire,
    get_available_booking_actions,
    perform,
    present_state,
    requested_start,
)
from common.domain.bookings.state_machine.erasure import erase_customer, erase_provider, notes_without_words
from common.domain.bookings.state_machine.late_refunds import apply_refund_failure
from common.domain.bookings.state_machine.offers import AvailableAction
from common.domain.bookings.state_machine.outcome import is_life_over, next_due
from common.domain.bookings.state_machine.payment_results import apply_payment_result
from common.domain.bookings.state_machine.provider_unavailable import apply_provider_unavailable
from common.domain.bookings.state_machine.set_off import apply_set_off
from common.domain.bookings.state_machine.table import OCCUPYING, TABLE, TERMINAL
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.bookings.state_machine.transitions_agreement import CANCEL
from common.domain.bookings.state_machine.transitions_closing import PUBLISH_RATINGS, REFUND
from common.domain.bookings.state_machine.transitions_payment import EXPIRE_PAYMENT
from common.domain.bookings.state_machine.transitions_work import RESOLVE
from common.domain.bookings.state_machine.verdict import SlotVerdict

__all__ = [
    "CANCEL",
    "EXPIRE_PAYMENT",
    "MAX_AHEAD",
    "OCCUPYING",
    "PUBLISH_RATINGS",
    "REFUND",
    "RESOLVE",
    "SYSTEM",
    "TABLE",
    "TERMINAL",
    "Agreed",
    "AgreedLine",
    "AvailableAction",
    "BookingTransition",
    "ChargebackOutcome",
    "NewBooking",
    "SlotVerdict",
    "apply_chargeback",
    "apply_payment_result",
    "apply_provider_unavailable",
    "apply_refund_failure",
    "apply_set_off",
    "asks_stripe_first",
    "attempt_limit",
    "create",
    "due_action",
    "erase_customer",
    "erase_provider",
    "fee_since",
    "fire",
    "get_available_booking_actions",
    "in_flight",
    "is_life_over",
    "next_due",
    "notes_without_words",
    "perform",
    "present_state",
    "refundable_in_all",
    "requested_start",
    "require_agreement",
    "to_json",
    "to_markdown",
    "to_mermaid",
    "was_won",
]
