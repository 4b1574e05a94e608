"""What notifications are about."""

from enum import StrEnum


class Kind(StrEnum):
    """What a notification is about; people choose channels by kind."""

    BOOKINGS = "bookings"
    OFFERS = "offers"
    PAYMENTS = "payments"
    MESSAGES = "messages"
    RATINGS = "ratings"
    REMINDERS = "reminders"
    REPORTS = "reports"
    ACCOUNT = "account"
