"""Which days the schedule counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from common.application.admin.metrics.compute import KNOWN_DAYS, due_days
from common.application.ports.admin.metrics import MONEY, Area, MoneyFigure
from common.domain.bookings.ledger_entries import Entry
from common.domain.payments.ledger import LedgerLine
from common.domain.shared.money import Money

from tests.factories.bookings import make_booking

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


def _all_counted(at: datetime) -> dict[tuple[date, Area], datetime]:
    return {(TODAY - timedelta(days=back), area): at for back in range(KNOWN_DAYS + 1) for area in Area}


def test_what_was_never_counted_is_counted_today_first() -> None:
    due = list(due_days(NOW, {}))
    assert due[: len(Area)] == [(TODAY, area) for area in Area]
    assert len(due) == len(Area) * (KNOWN_DAYS + 1)
    assert due == sorted(due, key=lambda each: (-each[0].toordinal(), list(Area).index(each[1])))


def test_with_all_counted_just_now_today_alone_is_due() -> None:
    assert {day for day, _ in due_days(NOW, _all_counted(NOW))} == {TODAY}


def test_the_last_days_are_due_hourly_and_job_requests_of_earlier_ones_daily() -> None:
    hour_old = set(due_days(NOW, _all_counted(NOW - timedelta(hours=1))))
    assert {day for day, _ in hour_old} == {TODAY - timedelta(days=back) for back in range(4)}
    day_old = set(due_days(NOW, _all_counted(NOW - timedelta(days=1)))) - hour_old
    earlier = [TODAY - timedelta(days=back) for back in range(4, KNOWN_DAYS + 1)]
    assert day_old == {(day, Area.MATCHING) for day in earlier}


def test_a_day_that_was_not_over_when_it_was_counted_is_due() -> None:
    yesterday = TODAY - timedelta(days=1)
    at = datetime(2026, 11, 20, 0, 1, tzinfo=UTC)
    counted = {**_all_counted(at), (yesterday, Area.MONEY): at - timedelta(minutes=2)}
    assert [each for each in due_days(at, counted) if each[0] != TODAY] == [(yesterday, Area.MONEY)]


def test_every_line_of_the_ledger_that_is_ours_or_stripes_is_in_one_figure_with_its_sign() -> None:
    booking = make_booking()
    entry = Entry(booking, booking.first_charge.id, NOW)
    moves: dict[MoneyFigure | None, list[tuple[Sequence[LedgerLine], int]]] = {
        MoneyFigure.GROSS_VALUE: [(entry.captured(1), 1)],
        MoneyFigure.REFUNDS: [(entry.refunded(1), 1), (entry.refund_failed(1), -1)],
        MoneyFigure.COMMISSION: [(entry.commission(1), 1)],
        MoneyFigure.PAID_OUT: [(entry.transferred(1), 1), (entry.reversed(1), -1)],
        MoneyFigure.CHARGED_BACK: [(entry.charged_back(1), 1)],
        MoneyFigure.STRIPE_FEES: [(entry.stripe_fee(1), 1)],
        MoneyFigure.LOSSES: [(entry.loss(1), 1), (entry.bank_fee(Money(amount=1, currency="nzd")), 1)],
        None: [(entry.debt(1), 1), (entry.set_off(1), 1), (entry.debt_set_off(1), 1)],
    }
    assert set(moves) - {None} == set(MONEY)
    for expected, pairs in moves.items():
        for lines, amount in pairs:
            sums = {
                name: sum(
                    each.sign * line.amount.amount
                    for line in lines
                    if line.account is each.account and line.reason in each.reasons
                )
                for name, each in MONEY.items()
            }
            assert {name: value for name, value in sums.items() if value} == ({expected: amount} if expected else {})
