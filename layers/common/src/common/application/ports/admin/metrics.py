"""Figures by day: what they are made of, and where they are kept."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from pydantic import Field

from common.domain.bookings.booking import ActorKind
from common.domain.payments.ledger import Account
from common.domain.shared.model import Model

#: Figures are kept by quarters of an hour: every zone that is in use begins its days at one
#: (https://www.iana.org/time-zones; the last to differ was Liberia's, until 1972).
QUARTER = timedelta(minutes=15)
#: Between the name of a figure and what it is counted by: a currency, or a class of durations.
SEPARATOR = ":"


class Area(StrEnum):
    """What figures are about; each is a document a day of its own, counted on its own."""

    BOOKINGS = "bookings"
    MONEY = "money"
    MATCHING = "matching"
    PEOPLE = "people"
    REPORTS = "reports"


class Figure(StrEnum):
    """What is counted. What is done to bookings and to reports is counted besides, under ``ACTION``."""

    CREATED = "created"
    DISPUTED = "disputed"
    REQUESTED = "requested"
    FILLED = "filled"
    TIME_TO_MATCH = "time_to_match"
    NEW_PEOPLE = "new_people"
    NEW_GUESTS = "new_guests"
    NEW_PROVIDERS = "new_providers"
    ACTIVE_PEOPLE = "active_people"
    TIME_TO_ANSWER = "time_to_answer"
    VERDICT_AGREED = "verdict_agreed"
    VERDICT_DISAGREED = "verdict_disagreed"


#: How the name of what was done begins.
ACTION = "action_"


class MoneyFigure(StrEnum):
    """What is summed of the ledger, by currency."""

    GROSS_VALUE = "gross_value"
    REFUNDS = "refunds"
    COMMISSION = "commission"
    PAID_OUT = "paid_out"
    CHARGED_BACK = "charged_back"
    STRIPE_FEES = "stripe_fees"
    LOSSES = "losses"


class Booked(NamedTuple):
    """Which lines of the ledger a figure sums: their account, reasons and sign."""

    account: Account
    reasons: tuple[str, ...]
    sign: int


#: Each line of these accounts with one of these reasons is in exactly one figure. What is earned is a credit.
MONEY: Mapping[MoneyFigure, Booked] = {
    MoneyFigure.GROSS_VALUE: Booked(Account.STRIPE, ("capture",), 1),
    MoneyFigure.REFUNDS: Booked(Account.STRIPE, ("refund", "refund_failed"), -1),
    MoneyFigure.COMMISSION: Booked(Account.COMMISSION, ("commission",), -1),
    MoneyFigure.PAID_OUT: Booked(Account.STRIPE, ("transfer", "reversal"), -1),
    MoneyFigure.CHARGED_BACK: Booked(Account.STRIPE, ("chargeback",), -1),
    MoneyFigure.STRIPE_FEES: Booked(Account.STRIPE, ("stripe_fee",), -1),
    MoneyFigure.LOSSES: Booked(Account.STRIPE, ("loss",), -1),
}
#: In these parts of a booking people act, rather than the product or staff.
PARTIES = (ActorKind.CUSTOMER, ActorKind.PROVIDER)


class DayFigures(Model):
    """The figures of one area and UTC day, counted whole at ``computed_at`` and replaced whole.

    ``counts`` has, by the figure's name, a number for each quarter of an hour that has any; quarters are numbered from
    0. ``totals`` has what cannot be cut: of the whole UTC day.
    """

    area: Area
    day: date
    counts: dict[str, dict[str, int]] = Field(default_factory=dict)
    totals: dict[str, int] = Field(default_factory=dict)
    computed_at: datetime


class Fact(Model):
    """One thing that a figure counts. ``amount`` is in minor units, ``seconds`` how long something took."""

    id: str
    at: datetime
    subject: str
    amount: int | None = None
    currency: str | None = None
    seconds: int | None = None


class Facts(Protocol):
    """What has happened, as the collections say that it happened in."""

    async def count(self, area: Area, day: date, computed_at: datetime) -> DayFigures:
        """Count one area's day anew, of that day's rows alone."""
        ...

    async def list(
        self,
        area: Area,
        figure: str,
        since: datetime,
        before: datetime,
        *,
        currency: str | None,
        limit: int,
        after: tuple[datetime, str] | None,
    ) -> Sequence[Fact]:
        """What a figure counts in a period, the oldest first; ``after`` is (instant, id) of the last one seen."""
        ...


class Metrics(Protocol):
    """The figures by day."""

    async def save(self, figures: DayFigures) -> None:
        """Replace an area's day, unless what is stored was counted later."""
        ...

    async def list(self, first: date, last: date, areas: Collection[Area]) -> Sequence[DayFigures]:
        """The days from ``first`` to ``last``, both included, in their order; the caller bounds them."""
        ...

    async def list_computed(self, first: date, last: date) -> Mapping[tuple[date, Area], datetime]:
        """When each of the days was counted, as far as they were."""
        ...


class SeenQueues(Model):
    """How many dead letters each queue had when the schedule last looked; ``None`` for one that did not answer."""

    dead_letters: dict[str, int | None] = Field(default_factory=dict)
    seen_at: datetime


class MetricsRuns(Protocol):
    """The one run at a time of the schedule, and what it saw that is nobody's row."""

    async def claim(self, now: datetime, until: datetime) -> bool:
        """Take the run; ``False`` where somebody has it."""
        ...

    async def release(self, until: datetime, now: datetime) -> None:
        """Give the run back that was taken ``until`` then."""
        ...

    async def save_queues(self, seen: SeenQueues) -> None:
        """Remember how many dead letters there are."""
        ...

    async def get_queues(self) -> SeenQueues | None:
        """What was remembered last."""
        ...


class Waiting(StrEnum):
    """What waits for staff, counted as it is now."""

    DISPUTES = "disputes"
    DISCREPANCIES = "payment_discrepancies"
    WITHOUT_PROVIDER = "bookings_without_provider"
    APPLICATIONS = "provider_applications"
    MODERATION = "moderation_items"
    REPORTS_TO_REVIEW = "reports_to_review"
    REPORTS_UNANSWERED = "reports_unanswered"


class OpenCounts(Protocol):
    """How much waits for staff."""

    async def count(self, whats: Collection[Waiting], *, most: int) -> Mapping[Waiting, int]:
        """How many of each wait, by an index; at ``most`` it stops counting."""
        ...
