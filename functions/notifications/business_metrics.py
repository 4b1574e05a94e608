"""What of the facts that people are told of is counted for the alarms and the dashboard of money, under which name."""

from common.domain.bookings import notifications as told

#: A name costs what a custom metric does in a month, so few are counted.
COUNTED = {
    told.REQUESTED.type: "BookingsRequested",
    told.ACCEPTED.type: "BookingsAccepted",
    told.COMPLETED.type: "BookingsCompleted",
    told.CANCELLED.type: "BookingsCancelled",
    told.PAYMENT_CAPTURED.type: "PaymentsCaptured",
    told.PAYMENT_FAILED.type: "PaymentsFailed",
    told.PAYMENT_NEEDS_ATTENTION.type: "PaymentsStuck",
    told.REFUNDED.type: "PaymentsRefunded",
    told.REFUND_FAILED.type: "RefundsFailed",
    told.PAID_OUT.type: "PayoutsPaid",
    told.CHARGEBACK_OPENED.type: "ChargebacksOpened",
}
