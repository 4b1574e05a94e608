"""What staff see of figures."""

from datetime import date
from typing import Annotated, Self

from common.application.admin.metrics.periods import Granularity, Period
from common.application.admin.metrics.subjects import Subject
from common.application.ports.admin.metrics import Fact
from common.domain.shared.money import CurrencyCode
from common.runtime.http.schemas import Instant, ResponseModel, SignedMoneySchema
from pydantic import Field


class PeriodView(ResponseModel):
    """Some days: `first` and `last` are in it, `start` and `end` are its instants, `end` exclusive."""

    first: date
    last: date
    start: Instant
    end: Instant

    @classmethod
    def of(cls, period: Period) -> Self:
        """The view of a period."""
        return cls.model_validate(period)


class CountView(ResponseModel):
    """A number over all periods and in each of them, in their order; `href` lists what was counted."""

    total: int
    values: list[int]
    href: str | None


class AmountView(ResponseModel):
    """A sum in minor units over all periods and in each of them; `href` lists the lines of the ledger."""

    total: int
    values: list[int]
    href: str


class ShareView(ResponseModel):
    """A share from 0 to 1, `null` where there is nothing to have a share of."""

    total: float | None
    values: list[float | None]
    href: str


class DurationView(ResponseModel):
    """A median in seconds, about: the end of the class of durations that the middle one is in. `null` without any."""

    total: int | None
    values: list[int | None]
    href: str


class MeanView(ResponseModel):
    """A mean of UTC days, `null` for a period that none begins in."""

    total: float | None
    values: list[float | None]


class BookingFigures(ResponseModel):
    """What happened to bookings; `by_action` has what was done, by the action's name."""

    created: CountView
    disputed: CountView
    by_action: dict[str, CountView]


class MoneyFigures(ResponseModel):
    """What the ledger says, in one currency.

    `gross_value` is what customers were charged, `refunds` what went back to them less what came back of that,
    `paid_out` what went to providers less what was taken back, `charged_back` what banks took back.
    """

    currency: CurrencyCode
    gross_value: AmountView
    refunds: AmountView
    commission: AmountView
    paid_out: AmountView
    charged_back: AmountView
    stripe_fees: AmountView
    losses: AmountView


class MatchingFigures(ResponseModel):
    """Job requests by the day on which they were made: how many have become bookings by now, and how soon."""

    requested: CountView
    filled: CountView
    fill_rate: ShareView
    median_time_to_match: DurationView


class PeopleFigures(ResponseModel):
    """New accounts, guests who have not completed theirs, providers; and how many people a day did anything.

    `active_people` counts each person once a UTC day; what is shown is the mean of days.
    """

    new_people: CountView
    new_guests: CountView
    new_providers: CountView
    active_people: MeanView


class ReportFigures(ResponseModel):
    """Reports, what was done to them, the time until staff or a provider took one up, and the machine's verdicts.

    `verdict_agreement` is the share of moderators' decisions to publish or to reject that agree with the machine.
    """

    created: CountView
    by_action: dict[str, CountView]
    median_time_to_answer: DurationView
    verdict_agreed: CountView
    verdict_disagreed: CountView
    verdict_agreement: ShareView


class WaitingView(ResponseModel):
    """How much waits now; with `is_capped` there is more. `href` lists it."""

    count: int
    is_capped: bool
    href: str


class DeadLettersView(ResponseModel):
    """Messages that failed for good, when the schedule last looked; `count` is `null` where no queue answered."""

    count: int | None
    seen_at: Instant | None
    href: str


class DashboardView(ResponseModel):
    """Figures by period, and what waits for staff now.

    Figures are those of whole days as they were counted last: the latest of them at `computed_at`. `is_complete` says
    that every day which has begun was counted. What the caller's roles may not see is `null`.
    """

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    timezone: str
    granularity: Granularity
    computed_at: Instant | None
    is_complete: bool
    periods: list[PeriodView]
    bookings: BookingFigures
    money: MoneyFigures | None
    matching: MatchingFigures
    people: PeopleFigures
    reports: ReportFigures
    waiting: dict[str, WaitingView]
    dead_letters: DeadLettersView | None


class FactView(ResponseModel):
    """One thing that a figure counts: of which booking, request, account or report; its amount, or how long it took.

    ``title`` is the service of a booking, the title of a request or report, the name of a provider or account; it and
    those concerned are ``null`` where the reader's role does not see them, or where there is nothing any more.
    """

    id: str
    at: Instant
    subject: str
    title: str | None
    start_at: Instant | None
    customer_name: str | None
    provider_name: str | None
    amount: SignedMoneySchema | None
    seconds: int | None

    @classmethod
    def of(cls, fact: Fact, subject: Subject | None) -> Self:
        """The view of a fact, with what it is about where that may be shown."""
        has_money = fact.amount is not None and fact.currency is not None
        return cls(
            id=fact.id,
            at=fact.at,
            subject=fact.subject,
            title=subject.title if subject else None,
            start_at=subject.start_at if subject else None,
            customer_name=subject.customer_name if subject else None,
            provider_name=subject.provider_name if subject else None,
            amount=SignedMoneySchema(amount=fact.amount or 0, currency=fact.currency or "") if has_money else None,
            seconds=fact.seconds,
        )


class CountedDay(ResponseModel):
    """A UTC day whose figures were counted anew."""

    day: date
    computed_at: Instant
