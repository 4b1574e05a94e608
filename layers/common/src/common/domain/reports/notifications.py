"""What people are told of reports: the author, and who follows one."""

from common.domain.reports.report import ActorKind
from common.domain.shared.notification_kinds import Kind
from common.domain.shared.state_machine import Notification

_AUTHOR = (ActorKind.AUTHOR,)
_BOTH = (ActorKind.AUTHOR, ActorKind.FOLLOWER)

#: Every notification by its type.
NOTIFICATIONS: dict[str, Notification[ActorKind]] = {}


def _row(name: str, recipients: tuple[ActorKind, ...]) -> Notification[ActorKind]:
    """Add a notification to the table."""
    type_ = f"report.{name}"
    NOTIFICATIONS[type_] = row = Notification(
        type=type_, recipients=recipients, kind=Kind.REPORTS, template=f"report_{name}"
    )
    return row


PUBLISHED = _row("published", _AUTHOR)
REJECTED = _row("rejected", _AUTHOR)
ACKNOWLEDGED = _row("acknowledged", _BOTH)
IN_PROGRESS = _row("in_progress", _BOTH)
RESOLVED = _row("resolved", _BOTH)
REOPENED = _row("reopened", _BOTH)
MARKED_DUPLICATE = _row("marked_duplicate", _BOTH)
HIDDEN = _row("hidden", _AUTHOR)
ASKED_IF_FIXED = _row("asked_if_fixed", _BOTH)
COMMENTED = _row("commented", _AUTHOR)
