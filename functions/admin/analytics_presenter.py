"""Makes the dashboard's answer: each figure with the address of the rows behind it."""

from urllib.parse import quote, urlencode

from common.application.admin.metrics.dashboard import MOST_COUNTED, Dashboard, Series
from common.application.admin.metrics.periods import Granularity
from common.application.ports.admin.metrics import ACTION, Area, Figure, MoneyFigure, Waiting
from common.domain.shared.instants import format_instant

from functions.admin.analytics_schemas import (
    AmountView,
    BookingFigures,
    CountView,
    DashboardView,
    DeadLettersView,
    DurationView,
    MatchingFigures,
    MeanView,
    MoneyFigures,
    PeopleFigures,
    PeriodView,
    ReportFigures,
    ShareView,
    WaitingView,
)

ROWS = "/v1/admin/analytics/rows"
OPERATIONS = "/v1/admin/operations"
#: Where what waits is listed.
LISTS = {
    Waiting.DISPUTES: "/v1/admin/disputes",
    Waiting.DISCREPANCIES: "/v1/admin/payment-discrepancies",
    Waiting.WITHOUT_PROVIDER: "/v1/admin/bookings-without-provider",
    Waiting.APPLICATIONS: "/v1/admin/providers?status=pending",
    Waiting.MODERATION: "/v1/admin/moderation",
    Waiting.REPORTS_TO_REVIEW: "/v1/admin/reports?status=needs_review",
    Waiting.REPORTS_UNANSWERED: "/v1/admin/reports?status=verified",
}


class Presenter:
    """Makes views of a dashboard's figures.

    Args:
        dashboard: what was read.
        currency: of the amounts.
    """

    def __init__(self, dashboard: Dashboard, currency: str) -> None:
        self._dashboard = dashboard
        self._currency = currency
        since, before = dashboard.periods[0].start, dashboard.periods[-1].end
        self._period = urlencode({"from": format_instant(since), "to": format_instant(before)})

    def dashboard(self, timezone: str, granularity: Granularity, *, sees_operations: bool) -> DashboardView:
        """The whole answer."""
        shown = self._dashboard
        whole = {
            "from": shown.periods[0].first,
            "to": shown.periods[-1].last,
            "timezone": timezone,
            "granularity": granularity,
            "computed_at": shown.computed_at,
            "is_complete": shown.is_complete,
            "periods": [PeriodView.of(each) for each in shown.periods],
            "bookings": BookingFigures(
                created=self._count(Area.BOOKINGS, Figure.CREATED),
                disputed=self._count(Area.BOOKINGS, Figure.DISPUTED),
                by_action=self._actions(Area.BOOKINGS),
            ),
            "money": self._money() if Area.MONEY in shown.figures else None,
            "matching": MatchingFigures(
                requested=self._count(Area.MATCHING, Figure.REQUESTED),
                filled=self._count(Area.MATCHING, Figure.FILLED),
                fill_rate=self._share(Area.MATCHING, "fill_rate", Figure.REQUESTED),
                median_time_to_match=self._duration(Area.MATCHING, Figure.TIME_TO_MATCH),
            ),
            "people": PeopleFigures(
                new_people=self._count(Area.PEOPLE, Figure.NEW_PEOPLE),
                new_guests=self._count(Area.PEOPLE, Figure.NEW_GUESTS),
                new_providers=self._count(Area.PEOPLE, Figure.NEW_PROVIDERS),
                active_people=MeanView.model_validate(self._series(Area.PEOPLE, Figure.ACTIVE_PEOPLE)),
            ),
            "reports": ReportFigures(
                created=self._count(Area.REPORTS, Figure.CREATED),
                by_action=self._actions(Area.REPORTS),
                median_time_to_answer=self._duration(Area.REPORTS, Figure.TIME_TO_ANSWER),
                verdict_agreed=self._count(Area.REPORTS, Figure.VERDICT_AGREED),
                verdict_disagreed=self._count(Area.REPORTS, Figure.VERDICT_DISAGREED),
                verdict_agreement=self._share(Area.REPORTS, "verdict_agreement", Figure.VERDICT_DISAGREED),
            ),
            "waiting": {
                what.value: WaitingView(count=count, is_capped=count >= MOST_COUNTED, href=LISTS[what])
                for what, count in shown.waiting.items()
            },
            "dead_letters": self._dead_letters() if sees_operations else None,
        }
        return DashboardView.model_validate(whole)

    def _series(self, area: Area, name: str) -> Series:
        return self._dashboard.figures[area][name]

    def _count(self, area: Area, name: str) -> CountView:
        return CountView.model_validate({**vars(self._series(area, name)), "href": self._rows(area, name)})

    def _actions(self, area: Area) -> dict[str, CountView]:
        names = [name for name in self._dashboard.figures[area] if name.startswith(ACTION)]
        return {name.removeprefix(ACTION): self._count(area, name) for name in names}

    def _share(self, area: Area, name: str, listed: Figure) -> ShareView:
        return ShareView.model_validate({**vars(self._series(area, name)), "href": self._rows(area, listed)})

    def _duration(self, area: Area, name: Figure) -> DurationView:
        return DurationView.model_validate({**vars(self._series(area, name)), "href": self._rows(area, name)})

    def _money(self) -> MoneyFigures:
        amounts = {
            name.value: AmountView.model_validate(
                {**vars(self._series(Area.MONEY, name)), "href": self._rows(Area.MONEY, name, currency=self._currency)}
            )
            for name in MoneyFigure
        }
        return MoneyFigures.model_validate({"currency": self._currency, **amounts})

    def _dead_letters(self) -> DeadLettersView:
        queues = self._dashboard.queues
        known = [each for each in queues.dead_letters.values() if each is not None] if queues else []
        return DeadLettersView(
            count=sum(known) if known else None, seen_at=queues.seen_at if queues else None, href=OPERATIONS
        )

    def _rows(self, area: Area, figure: str, **besides: str) -> str:
        """The address of what a figure counts over all periods; for one of them, its start and end go there."""
        more = f"&{urlencode(besides)}" if besides else ""
        return f"{ROWS}?area={area.value}&figure={quote(figure)}&{self._period}{more}"
