"""Timers: one armed instant, recomputed by every change; wrong firings do nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.state_machine import due_action, fire, next_due

from tests.unit.domain.bookings.support import NOW, PROVIDER, SETTINGS, Life, accepted, requested
from tests.unit.domain.bookings.test_booking_actions import completed, notified

SECOND = timedelta(seconds=1)


def test_an_early_a_doubled_and_a_stale_firing_do_nothing() -> None:
    life = Life()
    due = NOW + SETTINGS.payment_hold
    assert due_action(life.booking, due - SECOND, SETTINGS) is None
    assert fire(life.booking, "expire_payment", due - SECOND, SETTINGS) is None
    assert due_action(life.booking, due, SETTINGS) == "expire_payment"
    life.at(due).keep(fire(life.booking, "expire_payment", due, SETTINGS))
    assert fire(life.booking, "expire_payment", due, SETTINGS) is None
    assert fire(requested().booking, "expire_payment", due, SETTINGS) is None


@pytest.mark.parametrize("action", ["explode", "cancel", "publish_ratings"])
def test_what_has_no_timer_is_never_fired(action: str) -> None:
    assert fire(completed().booking, action, NOW + timedelta(days=99), SETTINGS) is None


def test_a_late_firing_still_acts() -> None:
    life = requested()
    late = NOW + timedelta(days=3)
    assert life.keep(fire(life.booking, "expire", late, SETTINGS)).booking.status is BookingStatus.EXPIRED


def test_two_reminders_are_sent_once_each() -> None:
    life = accepted()
    start = life.booking.slot.start_at
    for before, remaining in ((SETTINGS.first_reminder, "remind"), (SETTINGS.second_reminder, "flag_unstarted")):
        assert (life.booking.next_due_action, life.booking.next_due_at) == ("remind", start - before)
        life.at(start - before).keep(fire(life.booking, "remind", life.now, SETTINGS))
        assert "booking.reminder_due" in notified(life)
        assert life.booking.next_due_action == remaining
        assert fire(life.booking, "remind", life.now, SETTINGS) is None


def test_two_missed_reminders_make_one_message_and_after_the_start_none() -> None:
    life = accepted()
    start = life.booking.slot.start_at
    once = fire(life.booking, "remind", start - timedelta(hours=1), SETTINGS)
    assert once is not None
    assert once.booking.reminders_sent == ["first", "second"]
    assert [event.type for event in once.events] == ["booking.reminder_due"]
    late = fire(life.booking, "remind", start, SETTINGS)
    assert late is not None
    assert late.events == []


def test_a_reminder_whose_moment_was_before_the_acceptance_is_not_armed() -> None:
    life = accepted(start_in=timedelta(hours=12))
    assert life.booking.next_due_at == life.booking.slot.start_at - SETTINGS.second_reminder


def test_an_ended_booking_has_no_timer() -> None:
    life = requested()
    life.do("decline", PROVIDER)
    life.pay_all()
    assert next_due(life.booking, SETTINGS) is None
    assert due_action(life.booking, NOW + timedelta(days=999), SETTINGS) is None
