"""What people write below a report."""

from datetime import datetime

from common.domain.shared.model import Model

COMMENT_PREFIX = "cmt"
MAX_COMMENT = 2_000
COMMENTS_PER_HOUR = 30


class Comment(Model):
    """One comment.

    ``author_name`` is there where the author wants to be named. Of one that was removed nothing but its place is
    left; one that a moderator has hidden is shown so and keeps its text.
    """

    id: str
    report_id: str
    author_id: str | None
    author_name: str | None = None
    text: str
    is_removed: bool = False
    is_hidden: bool = False
    created_at: datetime
