"""The topics of outgoing events, apart from the events: knowing a topic's queue takes no model."""

from enum import StrEnum


class Topic(StrEnum):
    """Where an event goes: each topic is one queue."""

    NOTIFICATIONS = "notifications"
    PAYMENTS = "payments"
    REALTIME = "realtime"
    MEDIA = "media"
    MATCHING = "matching"
    REPORTS = "reports"
