"""Figures of the marketplace, the rows behind each, and counting a day anew."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from common.application.admin.metrics import compute
from common.application.admin.metrics.dashboard import read_dashboard
from common.application.admin.metrics.periods import Granularity
from common.application.admin.metrics.rows import list_rows
from common.application.admin.metrics.subjects import describe
from common.application.ports.admin.metrics import Area, Waiting
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.money import CurrencyCode
from common.domain.shared.time_zones import TimeZoneName, check_timezone
from common.runtime.http import permit
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, encode_cursor
from common.runtime.http.schemas import Instant, Page
from fastapi import APIRouter, Depends, Path, Query

from functions.admin.analytics_presenter import Presenter
from functions.admin.analytics_schemas import CountedDay, DashboardView, FactView
from functions.admin.container import ContainerDep

router = APIRouter(prefix="/v1/admin/analytics", tags=["administration"], route_class=CsvListRoute)

Analyst = Annotated[Principal, Depends(permit(Permission.SEE_FIGURES))]
Recounter = Annotated[Principal, Depends(permit(Permission.RECOMPUTE_FIGURES))]
#: Days that one answer shows.
_MOST_DAYS = 400
#: Shown without a range: a week of five areas, which is some forty documents.
_USUAL_DAYS = 7
_DAY = timedelta(days=1)
#: Who sees what waits: those who may open its list.
_SEEN_BY = {
    Waiting.DISPUTES: Permission.DECIDE_DISPUTES,
    Waiting.DISCREPANCIES: Permission.SEE_MONEY,
    Waiting.WITHOUT_PROVIDER: Permission.SEE_ALL_BOOKINGS,
    Waiting.APPLICATIONS: Permission.APPROVE_PROVIDERS,
    Waiting.MODERATION: Permission.MODERATE_CONTENT,
    Waiting.REPORTS_TO_REVIEW: Permission.MODERATE_CONTENT,
    Waiting.REPORTS_UNANSWERED: Permission.MODERATE_CONTENT,
}


@router.get("/dashboard")
async def get_dashboard(
    container: ContainerDep,
    staff: Analyst,
    first: Annotated[date | None, Query(alias="from", description="The first day, in `timezone`")] = None,
    last: Annotated[date | None, Query(alias="to", description="The last day, which is in it, too")] = None,
    timezone: Annotated[TimeZoneName, Query(description="Days begin at its midnight")] = "UTC",
    granularity: Granularity = Granularity.DAY,
    currency: Annotated[CurrencyCode | None, Query(description="Of the amounts; the platform's own by default")] = None,
) -> DashboardView:
    """Figures of some days, and what waits for staff now; without a range the last seven days, today included.

    Figures are kept by quarters of an hour, at which days begin in every time zone, so that they are exact in each.
    """
    zone = check_timezone(timezone)
    today = container.clock.now().astimezone(zone).date()
    since, until = _range(first, last, today)
    used = currency or container.platform.own_currency
    shown = await read_dashboard(
        container.metrics,
        since,
        until,
        zone,
        granularity,
        areas=_areas(staff),
        waiting=[what for what, permission in _SEEN_BY.items() if may(staff, permission)],
        currency=used,
    )
    presenter = Presenter(shown, used)
    return presenter.dashboard(timezone, granularity, sees_operations=may(staff, Permission.SEE_OPERATIONS))


@router.get("/rows")
async def list_rows_of_figure(
    container: ContainerDep,
    staff: Analyst,
    area: Area,
    figure: Annotated[str, Query(min_length=1, max_length=64, description="As in the dashboard's addresses")],
    since: Annotated[Instant, Query(alias="from")],
    before: Annotated[Instant, Query(alias="to")],
    currency: CurrencyCode | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[FactView]:
    """What a figure counts in a period, the oldest first.

    A page looks through a week at most, and so may hold fewer rows than asked for, or none, and have a next one.
    """
    if area not in _areas(staff):
        raise Forbidden("Your role does not see amounts.")
    if before <= since:
        raise InvalidInput.of("to", "The end must come after the start.", "end_before_start")
    if before - since > (_MOST_DAYS + 1) * _DAY:
        raise InvalidInput.of("to", f"Ask for {_MOST_DAYS} days at most.", "too_long")
    after: tuple[datetime, str] | None = None
    if cursor is not None:
        at, last_id = decode_cursor(cursor, datetime, str)
        after = (at, last_id)
    found = await list_rows(
        container.metrics.facts, area, figure, since, before, currency=currency, limit=limit, after=after
    )
    following = encode_cursor(*found.next_after) if found.next_after else None
    subjects = await describe(
        container.figure_subjects,
        found.rows,
        sees_bookings=may(staff, Permission.SEE_ALL_BOOKINGS),
        sees_people=may(staff, Permission.SEE_PEOPLE),
    )
    return Page(items=[FactView.of(each, subjects.get(each.subject)) for each in found.rows], next_cursor=following)


@router.post("/days/{day}/count", status_code=HTTPStatus.OK)
async def count_day_anew(
    day: Annotated[date, Path(description="A day of UTC that has begun")],
    container: ContainerDep,
    staff: Recounter,
    client: Client,
) -> CountedDay:
    """Count every figure of a day anew, of its rows as they are now; again and again with the same result."""
    computed_at = await compute.count_day_anew(container.metrics, container.operations.log, staff, day, client)
    return CountedDay(day=day, computed_at=computed_at)


def _range(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The days that are asked for, both included."""
    for field, day in (("from", first), ("to", last)):
        if day is not None and not compute.FIRST_DAY <= day <= today + _DAY:
            raise InvalidInput.of(field, f"Give a day from {compute.FIRST_DAY} to today.", "out_of_range")
    until = last or (min(today, first + (_USUAL_DAYS - 1) * _DAY) if first and first <= today else today)
    since = first or max(compute.FIRST_DAY, until - (_USUAL_DAYS - 1) * _DAY)
    if until < since:
        raise InvalidInput.of("to", "The last day must not come before the first.", "end_before_start")
    if (until - since).days >= _MOST_DAYS:
        raise InvalidInput.of("to", f"Ask for {_MOST_DAYS} days at most.", "too_long")
    return since, until


def _areas(staff: Principal) -> Sequence[Area]:
    """The areas whose figures somebody may see."""
    return [area for area in Area if area is not Area.MONEY or may(staff, Permission.SEE_MONEY)]
