"""Rules of a request's window and budget."""

from datetime import datetime, timedelta

from common.domain.bookings.state_machine import MAX_AHEAD
from common.domain.matching.job_requests import Window
from common.domain.matching.settings import MatchingSettings
from common.domain.payments.currencies import charge_problem
from common.domain.shared.display import duration_text
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import Money

#: A start so little in the past means now: clocks differ, and requests take a moment.
_START_SLACK = timedelta(minutes=5)
#: Minutes that no service takes less than.
_SHORTEST_WORK = 5


def last_start(window: Window, minutes: int | None) -> datetime:
    """When work that takes so many minutes (where that is known) can begin in a window at the latest."""
    return window.end_at - timedelta(minutes=minutes or 0)


def require_window(window: Window, minutes: int | None, now: datetime, settings: MatchingSettings) -> None:
    """Refuse a window in which nothing can happen.

    Args:
        window: aware instants.
        minutes: how long the work takes, where the customer says so.
        now: the present instant.
        settings: ``longest_window``.

    Raises:
        InvalidInput: it has passed, begins in the past, is too long, too far ahead, or too short for the work.
    """
    if window.end_at <= now:
        raise InvalidInput.of("window.end_at", "The window has passed.", "past")
    if window.start_at < now - _START_SLACK:
        raise InvalidInput.of("window.start_at", "The window begins in the past.", "past")
    if window.end_at <= window.start_at:
        raise InvalidInput.of("window.end_at", "The window must end after it starts.", "order")
    if window.end_at - window.start_at > settings.longest_window:
        longest = duration_text(settings.longest_window)
        raise InvalidInput.of("window.end_at", f"The window may be at most {longest} long.", "too_long")
    if window.end_at > now + MAX_AHEAD:
        raise InvalidInput.of("window.end_at", "The window is too far ahead.", "too_far")
    if last_start(window, minutes or _SHORTEST_WORK) < max(now, window.start_at):
        raise InvalidInput.of("window.end_at", "The window is shorter than the work.", "too_short")


def require_budget(budget: Money) -> None:
    """Refuse a budget that no card could be charged.

    Raises:
        InvalidInput: it is too little or too much for a card, or of a currency that is not charged.
    """
    if problem := charge_problem(budget):
        raise InvalidInput.of("budget", problem, "not_chargeable")
