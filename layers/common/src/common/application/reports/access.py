"""Who somebody is to a report, and whether it is there for them."""

import hmac
from dataclasses import dataclass

from common.application.reports.deps import ReportDeps
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal
from common.domain.reports.report import Actor, ActorKind, Report, ReportStatus
from common.domain.shared.errors import Forbidden, NotFound, Unauthenticated
from common.domain.shared.opaque_tokens import digest


@dataclass(frozen=True)
class Viewer:
    """Who asks: somebody who is signed in, somebody with the edit token of a report, or anybody."""

    principal: Principal | None = None
    edit_token: str | None = None

    @property
    def user_id(self) -> str | None:
        """The account, if there is one."""
        return self.principal.user_id if self.principal else None

    @property
    def is_moderator(self) -> bool:
        """Whether they decide about reports."""
        return self.principal is not None and may(self.principal, Permission.MODERATE_CONTENT)

    def author_of(self, report: Report) -> Actor | None:
        """Them as the report's author; ``None`` for anybody else."""
        if report.is_by(self.user_id):
            return Actor(kind=ActorKind.AUTHOR, id=self.user_id)
        if self.edit_token and report.secret_hash and hmac.compare_digest(digest(self.edit_token), report.secret_hash):
            return Actor(kind=ActorKind.AUTHOR)
        return None

    def sees(self, report: Report) -> bool:
        """Whether the report is there for them; one that was withdrawn is there for nobody but moderators."""
        if report.is_public or self.is_moderator:
            return True
        return report.status is not ReportStatus.WITHDRAWN and self.author_of(report) is not None


def no_report() -> NotFound:
    """Also of one that others have: even its existence is private."""
    return NotFound("There is no such report.")


async def find_report(deps: ReportDeps, viewer: Viewer, report_id: str) -> Report:
    """A report that is there for somebody.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    report = await deps.reports.get(report_id)
    if report is None or not viewer.sees(report):
        raise no_report()
    return report


async def find_public(deps: ReportDeps, report_id: str) -> Report:
    """A report that everybody sees.

    Raises:
        NotFound: there is none, or not for everybody.
    """
    report = await deps.reports.get(report_id)
    if report is None or not report.is_public:
        raise no_report()
    return report


async def find_own(deps: ReportDeps, viewer: Viewer, report_id: str) -> tuple[Report, Actor]:
    """A report and its author.

    Raises:
        Unauthenticated: nobody says who they are.
        NotFound: there is none, or it is not theirs to see.
        Forbidden: everybody sees it, and it is somebody else's.
    """
    if viewer.principal is None and not viewer.edit_token:
        raise Unauthenticated("Sign in, or send the report's edit token.")
    report = await deps.reports.get(report_id)
    if report is None:
        raise no_report()
    return report, require_author(viewer, report)


def require_author(viewer: Viewer, report: Report) -> Actor:
    """A report's author, as it is now: a token opens it no more once it was claimed, nor an account once it has left.

    Raises:
        NotFound: it is not theirs to see.
        Forbidden: everybody sees it, and it is somebody else's.
    """
    author = None if report.status is ReportStatus.WITHDRAWN else viewer.author_of(report)
    if author is None:
        raise Forbidden("This report is somebody else's.") if report.is_public else no_report()
    return author


async def name_of(deps: ReportDeps, principal: Principal | None) -> str | None:
    """What an author who wants to be named is called."""
    user = await deps.users.get(principal.user_id) if principal else None
    return (user.full_name or None) if user else None
