"""What notifications are about."""

from enum import StrEnum


class Kind(StrEnum):
    """What a notification is about; people choose channels by kind."""

    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    RATINGS = "ratings"
    REMINDERS = "reminders"
    ACCOUNT = "account"
