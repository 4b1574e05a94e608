"""Reports as answers."""

from collections.abc import Mapping

from common.application.ports.media.attachments import MediaUrls
from common.application.reports.reading import NearReport, SeenReport
from common.domain.media.photos import Photo
from common.domain.reports.comments import Comment
from common.domain.reports.report import Report, TimelineEntry

from functions.reports.schemas import (
    PointView,
    ReportAction,
    ReportBrief,
    ReportClosing,
    ReportCommentView,
    ReportNearby,
    ReportPhotoView,
    SimilarReport,
    TimelineItem,
)


class Presenter:
    """Makes answers.

    Args:
        base_url: where the API is, for addresses of photographs that do not end.
        urls: makes addresses of photographs that do.
    """

    def __init__(self, base_url: str, urls: MediaUrls) -> None:
        self._base_url = base_url
        self._urls = urls

    def brief(self, report: Report) -> ReportBrief:
        """A report as everybody sees it."""
        return ReportBrief.model_validate(self._fields(report))

    def near(self, near: NearReport) -> ReportNearby:
        """A report near a point."""
        return ReportNearby.model_validate({**self._fields(near.report), "distance_m": near.distance_m})

    def view_fields(self, seen: SeenReport, similar: Mapping[str, Report]) -> dict[str, object]:
        """The fields of a report, and of what it is to somebody."""
        report, is_inside = seen.report, seen.is_author or seen.is_moderator
        verdict = report.verification.verdict if is_inside else None
        return {
            **self._fields(report),
            "is_own": seen.is_author,
            "has_upvoted": seen.has_upvoted,
            "is_following": seen.is_following,
            "available_actions": [ReportAction.model_validate(each.model_dump()) for each in seen.actions],
            "verdict": verdict.reasons if verdict else None,
            "similar": [
                SimilarReport(id=each, title=similar[each].title, status=similar[each].status)
                for each in (report.similar_ids if is_inside else [])
                if each in similar
            ],
        }

    def photos(self, report: Report) -> list[ReportPhotoView]:
        """The photographs of a report, with addresses that are made now."""
        return [self._photo(report, each) for each in report.photos]

    def _fields(self, report: Report) -> dict[str, object]:
        shown = report.model_dump(exclude={"photos", "place", "closing", "verification"})
        return {
            **shown,
            "location": PointView(lat=report.place.lat, lng=report.place.lng),
            "address": report.place.address,
            "photos": self.photos(report),
            "closing": ReportClosing.model_validate(report.closing) if report.closing else None,
        }

    def _photo(self, report: Report, photo: Photo) -> ReportPhotoView:
        return ReportPhotoView(
            media_id=photo.media_id,
            width=photo.width,
            height=photo.height,
            placeholder=photo.placeholder,
            urls={name: self._address(report, photo, name, key) for name, key in photo.keys().items()},
        )

    def _address(self, report: Report, photo: Photo, name: str, key: str) -> str:
        """An address that caches may keep where everybody sees the report; else one that ends."""
        if report.is_public:
            return self.photo_url(report, photo, name)
        return self._urls.private_url(key)

    def photo_url(self, report: Report, photo: Photo, name: str) -> str:
        """The address that leads to a file of a public report's photograph, for as long as everybody sees it."""
        return f"{self._base_url}/v1/reports/{report.id}/photos/{photo.media_id}?size={name}"


def present_entry(entry: TimelineEntry) -> TimelineItem:
    """One thing that happened."""
    return TimelineItem.model_validate({**entry.model_dump(exclude={"actor"}), "actor": entry.actor.kind})


def present_comment(comment: Comment, report: Report, user_id: str | None) -> ReportCommentView:
    """A comment as somebody sees it."""
    author = comment.author_id
    blank = {"text": "", "author_name": None, "is_removed": True} if comment.is_hidden else {}
    return ReportCommentView.model_validate(
        {
            **comment.model_dump(exclude={"is_hidden"}),
            **blank,
            "is_own": author is not None and author == user_id,
            "is_by_reporter": author is not None and author == report.author_id and report.author_name is not None,
        }
    )
