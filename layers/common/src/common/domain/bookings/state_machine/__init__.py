"""The state machine: one table of actions, and what offers, performs, times and pays by it.

Every function is pure: it takes a booking and the present instant and gives a ``BookingChange`` to commit whole.
"""

from common.domain.bookings.state_machine.agreement import fee_since, require_agreement
from common.domain.bookings.state_machine.chargebacks import ChargebackOutcome, apply_chargeback, was_won
from common.domain.bookings.state_machine.creation import NewBooking, create
from common.domain.bookings.state_machine.diagram import to_json, to_mermaid
from common.domain.bookings.state_machine.engine import (
    SYSTEM,
    due_action,
    fire,
    get_available_booking_actions,
    perform,
    present_state,
)
from common.domain.bookings.state_machine.late_refunds import apply_refund_failure
from common.domain.bookings.state_machine.offers import AvailableAction
from common.domain.bookings.state_machine.outcome import is_life_over, next_due
from common.domain.bookings.state_machine.payment_results import apply_payment_result
from common.domain.bookings.state_machine.provider_unavailable import apply_provider_unavailable
from common.domain.bookings.state_machine.set_off import apply_set_off
from common.domain.bookings.state_machine.table import OCCUPYING, TABLE, TERMINAL
from common.domain.bookings.state_machine.transition import Transition
from common.domain.bookings.state_machine.verdict import SlotVerdict

__all__ = [
    "OCCUPYING",
    "SYSTEM",
    "TABLE",
    "TERMINAL",
    "AvailableAction",
    "ChargebackOutcome",
    "NewBooking",
    "SlotVerdict",
    "Transition",
    "apply_chargeback",
    "apply_payment_result",
    "apply_provider_unavailable",
    "apply_refund_failure",
    "apply_set_off",
    "create",
    "due_action",
    "fee_since",
    "fire",
    "get_available_booking_actions",
    "is_life_over",
    "next_due",
    "perform",
    "present_state",
    "require_agreement",
    "to_json",
    "to_mermaid",
    "was_won",
]
