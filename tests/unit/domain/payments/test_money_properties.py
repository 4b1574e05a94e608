"""Properties of money, policies, commission, identifiers, cells and payment plans over random values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, PolicySnapshot, PriceSnapshot, Slot
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.payment_plan import choose_payment_mode, expected_capture_before, outlives
from common.domain.bookings.policies import POLICIES, cancellation_terms, refunded_basis_points, terms_with_notice
from common.domain.bookings.settings import BookingSettings
from common.domain.payments.ledger import balance
from common.domain.payments.operations import FIRST_CHARGE, PaymentMode
from common.domain.scheduling.slot_cells import CELL_MINUTES, cells_between
from common.domain.shared.ids import new_id
from common.domain.shared.money import MAX_AMOUNT, Money, exponent, rounded_share
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import NOW, Life

AMOUNTS = st.integers(0, MAX_AMOUNT)
SHARES = st.integers(0, 10_000)
NOTICES = st.timedeltas(timedelta(days=-30), timedelta(days=400))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
GRID = st.integers(0, 1_000_000).map(lambda cells: NOW + timedelta(minutes=CELL_MINUTES * cells))
LENGTHS = st.integers(1, 300).map(lambda cells: timedelta(minutes=CELL_MINUTES * cells))
POLICY = st.sampled_from(list(POLICIES.values()))
SETTINGS = BookingSettings()


@pytest.fixture(scope="module")
def accepted_booking() -> Booking:
    return Life().booking.model_copy(update={"status": BookingStatus.ACCEPTED})


def priced(booking: Booking, amount: int, policy: PolicySnapshot) -> Booking:
    price = PriceSnapshot(total=Money(amount=amount, currency="nzd"), commission_basis_points=1_200)
    return booking.model_copy(update={"price": price, "policy": policy})


class TestMoney:
    @given(AMOUNTS, SHARES)
    def test_a_share_is_the_exact_one_rounded_half_up(self, amount: int, share: int) -> None:
        exact = Fraction(amount * share, 10_000)
        rounded = rounded_share(amount, share)
        assert -Fraction(1, 2) <= exact - rounded < Fraction(1, 2) or exact - rounded == -Fraction(1, 2)
        assert 0 <= rounded <= amount
        assert Money(amount=amount, currency="nzd").share(share).amount == rounded

    @given(AMOUNTS, AMOUNTS)
    def test_adding_and_taking_away_are_inverse(self, first: int, second: int) -> None:
        one, other = Money(amount=first, currency="jpy"), Money(amount=second, currency="jpy")
        assert one + other - other == one
        assert one + other == other + one

    def test_currencies_never_mix(self) -> None:
        one, other = Money(amount=1, currency="nzd"), Money(amount=1, currency="aud")
        with pytest.raises(ValueError, match="nzd"):
            one + other
        with pytest.raises(ValueError, match="aud"):
            one - other

    def test_minor_units_follow_iso_4217(self) -> None:
        assert [exponent(currency) for currency in ("nzd", "aud", "jpy", "bhd")] == [2, 2, 0, 3]


class TestPolicies:
    @given(AMOUNTS, POLICY, NOTICES)
    def test_refund_and_fee_are_the_price(
        self, accepted_booking: Booking, amount: int, policy: PolicySnapshot, notice: timedelta
    ) -> None:
        terms = terms_with_notice(priced(accepted_booking, amount, policy), notice, SETTINGS.minimum_charge)
        assert terms.refund.amount + terms.fee.amount == amount
        assert terms.fee.amount == 0 or terms.fee.amount >= SETTINGS.minimum_charge

    @given(POLICY, NOTICES, NOTICES)
    def test_more_notice_never_costs_more(self, policy: PolicySnapshot, one: timedelta, other: timedelta) -> None:
        less, more = sorted((one, other))
        assert refunded_basis_points(policy, less) <= refunded_basis_points(policy, more)

    @given(AMOUNTS, POLICY, NOTICES)
    def test_only_a_customer_after_acceptance_pays_a_fee(
        self, accepted_booking: Booking, amount: int, policy: PolicySnapshot, notice: timedelta
    ) -> None:
        booking = priced(accepted_booking, amount, policy)
        for by in set(ActorKind) - {ActorKind.CUSTOMER}:
            assert cancellation_terms(booking, by, notice, 50).fee.amount == 0
        before = booking.model_copy(update={"status": BookingStatus.REQUESTED})
        assert cancellation_terms(before, ActorKind.CUSTOMER, notice, 50).fee.amount == 0

    @pytest.mark.parametrize(
        ("name", "hours", "refunded"),
        [
            ("flexible", 24, 10_000),
            ("flexible", 23.9, 5_000),
            ("flexible", 0, 5_000),
            ("flexible", -0.1, 0),
            ("moderate", 72, 10_000),
            ("moderate", 71.9, 5_000),
            ("moderate", 23.9, 0),
            ("strict", 168, 10_000),
            ("strict", 167.9, 5_000),
            ("strict", 71.9, 0),
        ],
    )
    def test_the_steps_are_these(self, name: str, hours: float, refunded: int) -> None:
        policy = next(policy for policy in POLICIES.values() if policy.name == name)
        assert refunded_basis_points(policy, timedelta(hours=hours)) == refunded


class TestCommission:
    @given(st.integers(-MAX_AMOUNT, MAX_AMOUNT), SHARES, st.integers(0, 100_000))
    def test_it_and_the_providers_share_are_what_is_kept(self, kept: int, share: int, minimum: int) -> None:
        price = PriceSnapshot(
            total=Money(amount=MAX_AMOUNT, currency="nzd"), commission_basis_points=share, commission_minimum=minimum
        )
        commission = commission_of(price, kept)
        assert commission + provider_share(price, kept) == max(kept, 0)
        assert 0 <= commission <= max(kept, 0)
        assert commission >= min(minimum, max(kept, 0))


class TestIds:
    @given(st.lists(INSTANTS, min_size=2, max_size=20))
    def test_they_sort_by_their_time(self, instants: list[datetime]) -> None:
        stamps = sorted({int(instant.timestamp() * 1000) for instant in instants})
        ids = [new_id("bkg", datetime.fromtimestamp(stamp / 1000, UTC)) for stamp in stamps]
        assert ids == sorted(ids)

    @given(INSTANTS)
    def test_they_are_unique_and_plain(self, instant: datetime) -> None:
        ids = {new_id("pay", instant) for _ in range(50)}
        assert len(ids) == 50
        assert all(id_.isascii() and id_.islower() and len(id_) == len("pay_") + 26 for id_ in ids)


class TestCells:
    @given(GRID, LENGTHS, GRID, LENGTHS)
    def test_intervals_on_the_grid_share_a_cell_exactly_when_they_overlap(
        self, start: datetime, length: timedelta, other: datetime, other_length: timedelta
    ) -> None:
        overlap = start < other + other_length and other < start + length
        mine, theirs = cells_between(start, start + length), cells_between(other, other + other_length)
        assert bool(set(mine) & set(theirs)) == overlap

    @given(GRID, LENGTHS, st.integers(-300, 300))
    def test_neighbours_near_one_another_agree_too(self, start: datetime, length: timedelta, shift: int) -> None:
        other = start + timedelta(minutes=CELL_MINUTES * shift)
        overlap = abs(other - start) < length
        assert bool(set(cells_between(start, start + length)) & set(cells_between(other, other + length))) == overlap

    @given(INSTANTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=1)))
    def test_cells_are_consecutive_and_cover_the_interval(self, start: datetime, length: timedelta) -> None:
        cells = cells_between(start, start + length)
        assert cells == list(range(cells[0], cells[-1] + 1))
        assert cells[0] * CELL_MINUTES * 60 <= start.timestamp()

    @given(GRID)
    def test_an_interval_must_have_a_length(self, start: datetime) -> None:
        with pytest.raises(ValueError, match="after"):
            cells_between(start, start)


class TestPaymentPlan:
    @given(GRID, LENGTHS)
    def test_a_hold_made_now_covers_what_it_is_chosen_for(self, start: datetime, length: timedelta) -> None:
        slot = Slot(start_at=start, end_at=start + length, timezone="UTC")
        held = choose_payment_mode(slot, NOW, SETTINGS) is PaymentMode.AUTHORIZE_NOW
        assert held == outlives(expected_capture_before(NOW, SETTINGS), slot, SETTINGS)
        assert held == (start + length + timedelta(hours=24) <= NOW + timedelta(days=7) - timedelta(hours=12))

    @given(GRID)
    def test_no_authorization_covers_nothing(self, start: datetime) -> None:
        slot = Slot(start_at=start, end_at=start + timedelta(hours=1), timezone="UTC")
        assert not outlives(None, slot, SETTINGS)


class TestLedgerEntries:
    @given(st.lists(st.integers(-MAX_AMOUNT, MAX_AMOUNT), min_size=9, max_size=9))
    def test_every_entry_sums_to_zero_and_nothing_makes_no_line(
        self, accepted_booking: Booking, amounts: list[int]
    ) -> None:
        entry = Entry(accepted_booking, FIRST_CHARGE, NOW, operation_id="pay_1", stripe_id="ch_1")
        makers = [
            entry.captured,
            entry.stripe_fee,
            entry.refunded,
            entry.commission,
            entry.transferred,
            entry.reversed,
            entry.debt,
            entry.charged_back,
            entry.loss,
        ]
        for make, amount in zip(makers, amounts, strict=True):
            lines = make(amount)
            assert balance(lines) == 0
            assert len(lines) == (2 if amount else 0)
            assert len({line.entry_id for line in lines}) <= 1
