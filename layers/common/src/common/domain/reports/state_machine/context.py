"""What guards and effects see, and the draft that effects build up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common.domain.reports.report import Actor, ActorKind, Report, ReportStatus
from common.domain.reports.settings import ReportSettings
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.model import Model
from common.domain.shared.state_machine import ActionContext, Guard, NotificationRule, Transition

SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system")
#: That a verification waits for the verifier to be available: no action, only a later instant.
POSTPONE = "postpone"
#: That a report waits to be verified.
VERIFICATION_REQUESTED = "report.verification_requested"


@dataclass(frozen=True)
class Context(ActionContext[ActorKind]):
    """One question or attempt: the report as it is, who acts, when, under which settings, with which input.

    It is the ``TransitionContext`` of reports.
    """

    report: Report
    actor: Actor
    now: datetime
    settings: ReportSettings
    input: Model | None = None

    @property
    def subject_name(self) -> str:
        """What people call it."""
        return "report"

    @property
    def status(self) -> ReportStatus:
        """The report's present status."""
        return self.report.status


@dataclass(frozen=True)
class Draft:
    """A change in the making; every method returns a new draft."""

    report: Report
    now: datetime
    events: tuple[Event, ...] = ()

    def set(self, **fields: Any) -> "Draft":
        """Replace fields of the report."""
        return replace(self, report=self.report.model_copy(update=fields))

    def emit(self, topic: Topic, type_: str, **payload: Any) -> "Draft":
        """Add an event that names the report and its version."""
        facts = {"report_id": self.report.id, "version": self.report.version, **payload}
        return replace(self, events=(*self.events, new_event(topic, type_, self.now, **facts)))

    def verify(self, settings: ReportSettings, *, is_new: bool) -> "Draft":
        """Ask for a verification, and again after a while; ``is_new`` where text or photographs are other ones."""
        known = self.report.verification
        since = self.now if is_new else known.since
        waits = known.model_copy(
            update={
                "since": since,
                "next_try_at": self.now + settings.verification_patience,
                "verdict": None if is_new else known.verdict,
            }
        )
        verified_at = None if is_new else self.report.verified_at
        return self.set(verification=waits, verified_at=verified_at).emit(Topic.REPORTS, VERIFICATION_REQUESTED)


Effect = Callable[[Context, Draft], Draft]
ReportTransition = Transition[Context, Draft, ReportStatus, ActorKind]
ReportGuard = Guard[Context]
Rule = NotificationRule[Context, ReportStatus, ActorKind]
