"""What actions need to know."""

from typing import Annotated

from pydantic import Field, StringConstraints

from common.domain.media.photos import Photo
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import ReportPlace, Verdict
from common.domain.shared.state_machine import ActionInput
from common.domain.shared.texts import PROSE, TITLE

_TEXT_LIMIT = 2_000

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_TEXT_LIMIT), PROSE]
RequiredText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=_TEXT_LIMIT), PROSE]


class Note(ActionInput):
    """A word for everybody who looks at the report."""

    note: Text = Field(default="", title="Note")


class Reason(ActionInput):
    """Why, for everybody who looks at the report."""

    reason: RequiredText = Field(title="Reason")


class ClosingWords(Reason):
    """Why the report is closed, and who is responsible for what it tells of."""

    responsible: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200), TITLE] = Field(
        title="Who is responsible"
    )


class Original(ActionInput):
    """Which report tells of the same problem."""

    duplicate_of: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(title="The first report")
    reason: Text = Field(default="", title="Reason")


class NewCategory(ActionInput):
    """What the report is about."""

    category: ReportCategory = Field(title="Category")
    reason: Text = Field(default="", title="Reason")


class Edited(ActionInput):
    """What the author changes; photographs are looked up before."""

    title: str
    description: str
    category: ReportCategory
    place: ReportPlace
    geohash: str
    photos: list[Photo]
    author_name: str | None = None


class NewAuthor(ActionInput):
    """The account that takes an anonymous report over."""

    author_id: str
    author_name: str | None = None


class Judged(ActionInput):
    """What a verifier says."""

    verdict: Verdict


class LinkedJob(ActionInput):
    """The job request that was made of the report."""

    job_request_id: str
