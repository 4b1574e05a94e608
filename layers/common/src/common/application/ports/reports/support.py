"""What people other than its author add to a report: votes, their interest, comments.

A row of one's own comes first and the report's count after it, without a transaction, so that hundreds at once do not
wait for each other; a process that dies in between leaves a count that the sweep corrects.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.domain.reports.comments import Comment


class Votes(Protocol):
    """Who has the same problem, once each."""

    async def add(self, report_id: str, user_id: str, *, is_verified: bool, now: datetime) -> bool:
        """Vote for a report; ``False`` for somebody who has."""
        ...

    async def remove(self, report_id: str, user_id: str, *, now: datetime) -> bool:
        """Take a vote back; ``False`` for somebody who has none."""
        ...

    async def has_voted(self, report_id: str, user_id: str) -> bool:
        """Whether somebody has voted."""
        ...

    async def count_fresh(self, report_id: str, since: datetime, *, most: int) -> int:
        """How many votes of fresh accounts came in since an instant, counted at most to ``most``."""
        ...

    async def count(self, report_id: str, *, most: int) -> Mapping[str, int]:
        """How many votes a report has, and how many from verified accounts, by the names of the report's counts."""
        ...


class Follows(Protocol):
    """Who is told what happens to a report."""

    async def add(self, report_id: str, user_id: str, *, now: datetime) -> bool:
        """Follow a report; ``False`` for somebody who does."""
        ...

    async def remove(self, report_id: str, user_id: str, *, now: datetime) -> bool:
        """Follow it no more; ``False`` for somebody who does not."""
        ...

    async def is_following(self, report_id: str, user_id: str) -> bool:
        """Whether somebody follows it."""
        ...

    async def list_followers(self, report_id: str, *, limit: int, after: str | None = None) -> Sequence[str]:
        """Accounts that follow it, in their order; ``after`` is the last one seen."""
        ...

    async def count(self, report_id: str, *, most: int) -> int:
        """How many follow it."""
        ...


class CommentAuthors(Protocol):
    """What an erasure asks of comments."""

    async def forget_author(self, user_id: str, *, limit: int) -> int:
        """Blank up to ``limit`` comments of somebody who has left; how many were found."""
        ...


class Comments(CommentAuthors, Protocol):
    """What people write below reports."""

    async def insert(self, comment: Comment) -> None:
        """Store a comment, inside the unit of work."""
        ...

    async def count_one(self, report_id: str, now: datetime) -> None:
        """Count a comment that was stored."""
        ...

    async def get(self, report_id: str, comment_id: str) -> Comment | None:
        """One comment of a report."""
        ...

    async def list_by_report(self, report_id: str, *, limit: int, after: str | None = None) -> Sequence[Comment]:
        """Comments of a report, oldest first; ``after`` is the id last seen."""
        ...

    async def remove(self, report_id: str, comment_id: str) -> bool:
        """Remove what a comment says, inside the unit of work; its place is left. ``False`` where it is gone."""
        ...

    async def find(self, comment_id: str) -> Comment | None:
        """One comment, whatever it is about; in the unit of work as it is there."""
        ...

    async def set_hidden(self, comment_id: str, *, is_hidden: bool) -> None:
        """Take a comment out of sight or show it again, inside the unit of work; not one that was removed."""
        ...

    async def count(self, report_id: str, *, most: int) -> int:
        """How many comments it has, those that were removed among them."""
        ...
