"""The booking's life in one table. Nothing else assigns a booking's status."""

from common.domain.bookings.booking import BookingStatus as Status
from common.domain.bookings.state_machine.transition import Row
from common.domain.bookings.state_machine.transitions_agreement import ANSWER_ROWS, RESCHEDULE_ROWS
from common.domain.bookings.state_machine.transitions_closing import CHARGEBACK, CLOSING_ROWS
from common.domain.bookings.state_machine.transitions_payment import CREATE, PAYMENT_ROWS
from common.domain.bookings.state_machine.transitions_work import DISPUTE_ROWS, WORK_ROWS

#: Every action, in the order in which they are offered.
TABLE: tuple[Row, ...] = (
    CREATE,
    *PAYMENT_ROWS,
    *ANSWER_ROWS,
    *RESCHEDULE_ROWS,
    *WORK_ROWS,
    *DISPUTE_ROWS,
    *CLOSING_ROWS,
)

#: What may happen to a booking altogether: also what nobody performs, because a bank does it.
EVERY_ROW: tuple[Row, ...] = (*TABLE, CHARGEBACK)

ROWS: dict[str, Row] = {row.name: row for row in TABLE}
SYSTEM_ROWS: tuple[Row, ...] = tuple(row for row in TABLE if row.timer is not None)

#: System actions after a booking has ended that move or book its money.
MONEY_TIMERS = frozenset({"release_fee", "retry_payment", "collect_debt"})

#: Statuses that occupy the provider's time; entering any other one frees the slot.
OCCUPYING = frozenset({Status.PENDING_PAYMENT, Status.REQUESTED, Status.ACCEPTED, Status.IN_PROGRESS})
#: Statuses that no action leaves; only payment, payout and review may still move.
TERMINAL = frozenset({Status.PAYMENT_EXPIRED, Status.DECLINED, Status.EXPIRED, Status.CANCELLED, Status.SETTLED})
