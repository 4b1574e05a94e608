"""Reading reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.application.reports.access import Viewer, find_report, no_report
from common.application.reports.deps import ReportDeps
from common.application.shared.together import together
from common.domain.media.photos import Photo
from common.domain.reports import state_machine
from common.domain.reports.categories import CATEGORIES, ReportCategory
from common.domain.reports.report import Actor, ActorKind, Report, TimelineEntry
from common.domain.shared.geo import Point, distance_m
from common.domain.shared.state_machine import Offer

#: Within how many metres reports of every kind are looked for, where nobody says.
_NEARBY_M = 50


@dataclass(frozen=True)
class SeenReport:
    """A report as somebody sees it.

    Args:
        report: as stored.
        is_author: whether they have written it.
        is_moderator: whether they decide about it.
        has_upvoted: whether they have voted for it.
        is_following: whether they follow it.
        actions: what they may do with it now.
    """

    report: Report
    is_author: bool = False
    is_moderator: bool = False
    has_upvoted: bool = False
    is_following: bool = False
    actions: Sequence[Offer] = field(default_factory=tuple)


@dataclass(frozen=True)
class NearReport:
    """A public report, and how many metres it is from the point that was asked about."""

    report: Report
    distance_m: int


async def see_report(deps: ReportDeps, viewer: Viewer, report_id: str) -> SeenReport:
    """A report that is there for somebody, and what it is to them.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    if viewer.user_id is None:
        return await as_seen(deps, viewer, await find_report(deps, viewer, report_id))
    report, voted, follows = await together(
        deps.reports.get(report_id),
        deps.votes.has_voted(report_id, viewer.user_id),
        deps.follows.is_following(report_id, viewer.user_id),
    )
    if report is None or not viewer.sees(report):
        raise no_report()
    return _seen(deps, viewer, report, has_upvoted=voted, is_following=follows)


async def as_seen(deps: ReportDeps, viewer: Viewer, report: Report) -> SeenReport:
    """A report that was just read or written, as somebody sees it."""
    if viewer.user_id is None:
        return _seen(deps, viewer, report, has_upvoted=False, is_following=False)
    voted, follows = await together(
        deps.votes.has_voted(report.id, viewer.user_id), deps.follows.is_following(report.id, viewer.user_id)
    )
    return _seen(deps, viewer, report, has_upvoted=voted, is_following=follows)


def as_made(deps: ReportDeps, viewer: Viewer, report: Report) -> SeenReport:
    """A report that its author has just made: nobody has voted for it or follows it."""
    return _seen(deps, viewer, report, has_upvoted=False, is_following=False)


async def list_nearby(
    deps: ReportDeps, point: Point, *, radius_m: int | None, category: ReportCategory | None, limit: int
) -> Sequence[NearReport]:
    """Public reports around a point, the closest first: somebody who writes one may find that it was reported before.

    Args:
        deps: ports.
        point: where.
        radius_m: within how many metres; without, as the category says, which may be not at all.
        category: of one kind; of all without.
        limit: at most so many.
    """
    radius = radius_m if radius_m is not None else radius_of(category)
    if radius is None:
        return []
    found = await deps.reports.list_near(point, radius_m=radius, category=category, limit=limit)
    return [NearReport(each, round(distance_m(point, Point(each.place.lat, each.place.lng)))) for each in found]


def radius_of(category: ReportCategory | None) -> int | None:
    """Within how many metres another report may tell of the same problem; ``None`` where none is offered."""
    return CATEGORIES[category].nearby_m if category else _NEARBY_M


async def list_timeline(
    deps: ReportDeps, viewer: Viewer, report_id: str, *, limit: int, after_version: int
) -> Sequence[TimelineEntry]:
    """What happened to a report, oldest first.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    _, entries = await together(
        find_report(deps, viewer, report_id),
        deps.reports.list_timeline(report_id, limit=limit, after_version=after_version),
    )
    return entries


async def find_photo(deps: ReportDeps, viewer: Viewer, report_id: str, media_id: str) -> Photo:
    """A photograph of a report that is there for somebody.

    Raises:
        NotFound: there is no such report, or it has no such photograph.
    """
    report = await find_report(deps, viewer, report_id)
    found = next((photo for photo in report.photos if photo.media_id == media_id), None)
    if found is None:
        raise no_report()
    return found


async def find_similar_reports(deps: ReportDeps, report: Report) -> Mapping[str, Report]:
    """Those of the suggested reports that everybody still sees, by id."""
    found = await deps.reports.get_many(report.similar_ids)
    return {each: other for each, other in found.items() if other.is_public}


def _seen(deps: ReportDeps, viewer: Viewer, report: Report, *, has_upvoted: bool, is_following: bool) -> SeenReport:
    actor = viewer.author_of(report)
    is_author = actor is not None
    if actor is None and is_following:
        actor = Actor(kind=ActorKind.FOLLOWER, id=viewer.user_id)
    now = deps.clock.now()
    offers = state_machine.get_available_report_actions(report, actor, now, deps.settings) if actor else []
    return SeenReport(
        report=report,
        is_author=is_author,
        is_moderator=viewer.is_moderator,
        has_upvoted=has_upvoted,
        is_following=is_following,
        actions=[each for each in offers if each.action_name in ACTIONS],
    )


#: What is performed by its name; other actions of authors have routes of their own.
ACTIONS = frozenset({"confirm_fixed", "reopen", "withdraw"})
