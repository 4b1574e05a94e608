"""The booking's life in one table. Nothing else assigns a booking's status."""

from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.bookings.state_machine.transitions_agreement import ANSWER_TRANSITIONS, RESCHEDULE_TRANSITIONS
from common.domain.bookings.state_machine.transitions_closing import CHARGEBACK, CLOSING_TRANSITIONS
from common.domain.bookings.state_machine.transitions_extras import EXTRA_TRANSITIONS
from common.domain.bookings.state_machine.transitions_payment import CREATE, PAYMENT_TRANSITIONS
from common.domain.bookings.state_machine.transitions_work import DISPUTE_TRANSITIONS, WORK_TRANSITIONS

#: Every action, in the order in which they are offered.
TABLE: tuple[BookingTransition, ...] = (
    CREATE,
    *PAYMENT_TRANSITIONS,
    *ANSWER_TRANSITIONS,
    *RESCHEDULE_TRANSITIONS,
    *WORK_TRANSITIONS,
    *EXTRA_TRANSITIONS,
    *DISPUTE_TRANSITIONS,
    *CLOSING_TRANSITIONS,
)

#: What may happen to a booking altogether: also what nobody performs, because a bank does it.
EVERY_TRANSITION: tuple[BookingTransition, ...] = (*TABLE, CHARGEBACK)

TRANSITIONS: dict[str, BookingTransition] = {each.name: each for each in TABLE}
TIMED_TRANSITIONS: tuple[BookingTransition, ...] = tuple(each for each in TABLE if each.timer is not None)

#: System actions that move or book money, also after a booking has ended.
MONEY_TIMERS = frozenset(each.name for each in TIMED_TRANSITIONS if each.moves_money)

#: Statuses that occupy the provider's time; entering any other one frees the slot.
OCCUPYING = frozenset({Status.PENDING_PAYMENT, Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS})
#: Statuses that no action leaves; only payment, payout and review may still move.
TERMINAL = frozenset({Status.PAYMENT_EXPIRED, Status.DECLINED, Status.EXPIRED, Status.CANCELLED, Status.SETTLED})
