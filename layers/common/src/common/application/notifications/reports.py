"""Telling the author of a report, and everybody who follows it, what happened to it."""

from collections.abc import Mapping, Sequence

from common.application.notifications.deps import DeliveryDeps
from common.application.notifications.dispatch import Message, dispatch
from common.application.notifications.live import show_report
from common.application.shared.publishing import publish_committed
from common.domain.reports.notifications import NOTIFICATIONS
from common.domain.reports.report import ActorKind, Report
from common.domain.shared.events import Event, new_event
from common.domain.shared.state_machine import Notification

#: So many mails fit easily into the time of one message; the next followers are told by another one.
_MOST_AT_ONCE = 5
#: What a message for further followers carries: after whom they come, and the event, by whose id each is told once.
_AFTER, _OF = "after_follower", "of_event"


def is_about_report(event: Event) -> bool:
    """Whether an event tells of a report."""
    return event.type in NOTIFICATIONS


async def deliver_report_event(deps: DeliveryDeps, event: Event) -> None:
    """Tell people of a report, but for whoever did it; followers only while everybody sees the report.

    Args:
        deps: ports.
        event: a type of ``NOTIFICATIONS`` with ``report_id``, ``recipients``, ``by`` and ``note``.

    Raises:
        Unavailable: the mail service or the database is unavailable; deliver the event again.
    """
    notification = NOTIFICATIONS[event.type]
    report = await deps.reports.get(str(event.payload["report_id"]))
    if report is None:
        return
    chosen = set(event.payload["recipients"])
    told = event.model_copy(update={"id": str(event.payload.get(_OF, event.id))})
    after, by = event.payload.get(_AFTER), event.payload.get("by")
    if after is None and ActorKind.AUTHOR in chosen and report.author_id not in {None, by}:
        await _tell(deps, told, notification, report, ActorKind.AUTHOR, [report.author_id or ""])
    if ActorKind.FOLLOWER not in chosen or not report.is_public:
        return
    followers = await deps.followers.list_followers(report.id, limit=_MOST_AT_ONCE, after=after)
    others = [each for each in followers if each not in {by, report.author_id}]
    await _tell(deps, told, notification, report, ActorKind.FOLLOWER, others)
    if len(followers) == _MOST_AT_ONCE:
        await _go_on(deps, told, followers[-1])


def report_data(report: Report, event: Event, frontend_base_url: str) -> Mapping[str, str]:
    """Everything that a template about a report may show.

    Args:
        report: as stored now.
        event: what happened.
        frontend_base_url: where links lead.
    """
    return {
        "title": report.title,
        "note": str(event.payload.get("note", "")),
        "url": f"{frontend_base_url}/reports/{report.id}",
        "preferences_url": f"{frontend_base_url}/account/notifications",
    }


async def _tell(
    deps: DeliveryDeps,
    event: Event,
    notification: Notification[ActorKind],
    report: Report,
    recipient: ActorKind,
    user_ids: Sequence[str],
) -> None:
    await show_report(deps, event, report, user_ids)
    data = report_data(report, event, deps.frontend_base_url)
    template = notification.template_for(recipient)
    message = Message(event, notification.kind, template, data, data["url"], about={"report_id": report.id})
    for user_id in user_ids:
        user = await deps.users.get(user_id)
        if user is not None:
            await dispatch(deps, message, user, f"u{user.id.removeprefix('usr_')}")


async def _go_on(deps: DeliveryDeps, event: Event, last_id: str) -> None:
    """Ask for the followers after one by a message of its own; asked twice, each is told once all the same."""
    payload = {**event.payload, _AFTER: last_id, _OF: event.id}
    rest = new_event(event.topic, event.type, deps.clock.now(), **payload)
    rest = rest.model_copy(update={"created_at": event.created_at})
    await deps.outbox.insert([rest])
    await publish_committed(deps.outbox, deps.publisher, [rest], deps.clock)
