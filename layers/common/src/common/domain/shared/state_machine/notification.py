"""Who is notified of what, by which template."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic

from common.domain.shared.notification_kinds import Kind
from common.domain.shared.state_machine.context import ActorT, ContextT, StatusT


@dataclass(frozen=True, kw_only=True)
class Notification(Generic[ActorT]):
    """One row: a fact that people are notified of.

    Args:
        type: the event's type on the wire, such as ``booking.accepted``.
        recipients: who is notified.
        kind: what it is about; people choose channels by kind.
        template: beginning of the names of its templates, one for each recipient (``booking_accepted_customer``).
        changes_calendar: whether the mail brings an entry of the reader's calendar up to date.
    """

    type: str
    recipients: tuple[ActorT, ...]
    kind: Kind
    template: str
    changes_calendar: bool = False

    def template_for(self, recipient: ActorT) -> str:
        """The template of mail and inbox entry for one of the recipients."""
        return f"{self.template}_{recipient.value}"


@dataclass(frozen=True)
class NotificationRule(Generic[ContextT, StatusT, ActorT]):
    """That a transition notifies people.

    ``when`` restricts it to one of the transition's targets, ``condition`` to what holds as it is performed;
    ``to_others`` leaves out the part that acts.
    """

    notification: Notification[ActorT]
    when: StatusT | None = None
    condition: Callable[[ContextT], bool] | None = None
    to_others: bool = False

    def recipients_of(self, actor_kind: StrEnum) -> tuple[ActorT, ...]:
        """Who is notified when this kind of actor acts."""
        recipients = self.notification.recipients
        return tuple(each for each in recipients if not (self.to_others and each is actor_kind))

    def applies(self, context: ContextT, status: StatusT) -> bool:
        """Whether the notification goes out, the transition having led to a status."""
        return self.when in {None, status} and (self.condition is None or self.condition(context))
