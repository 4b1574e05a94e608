"""What a decision does to the thing that it is about, inside the unit of work that decides."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.application.admin.moderation.deps import ModerationDeps
from common.application.admin.moderation.photos import remove_photo
from common.application.admin.users import ban_user
from common.application.bookings.ratings import decide_rating
from common.application.reports.committing import moderation_item
from common.domain.bookings.ratings import RatingState
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.moderation.items import ItemKind, ModerationItem, Outcome, ReportReason
from common.domain.reports import state_machine
from common.domain.reports.report import Actor, ActorKind, ReportStatus
from common.domain.shared.events import Event, Topic

GONE = "gone"
_SHOWN, _HIDDEN = "shown", "hidden"


@dataclass(frozen=True)
class Act:
    """One decision that is being made."""

    staff: Principal
    client: ClientInfo
    item: ModerationItem
    outcome: Outcome
    reason: str
    now: datetime


@dataclass(frozen=True)
class Effect:
    """What became of the thing.

    Args:
        before: its state.
        after: its state by the decision.
        events: are in the outbox, to be published.
        next_item: what moderators have to look at because of it.
    """

    before: str
    after: str
    events: Sequence[Event] = ()
    next_item: ModerationItem | None = None


async def apply_decision(deps: ModerationDeps, act: Act) -> Effect:
    """Do to the thing what was decided; what it is already, it stays, and what is gone is left alone.

    Raises:
        Forbidden, NotFound: as the thing's own use case.
        VersionConflict: the thing has changed meanwhile.
    """
    return await _EFFECTS[act.item.kind](deps, act)


async def _message(deps: ModerationDeps, act: Act) -> Effect:
    found = await deps.messages.get(act.item.subject, act.item.seq)
    if found is None:
        return Effect(GONE, GONE)
    before = _SHOWN if found.hidden_at is None else _HIDDEN
    if act.outcome not in {Outcome.HIDE, Outcome.RESTORE}:
        return Effect(before, before)
    is_hidden = act.outcome is Outcome.HIDE
    await deps.messages.set_hidden(act.item.subject, act.item.seq, act.now if is_hidden else None)
    return Effect(before, _HIDDEN if is_hidden else _SHOWN)


async def _comment(deps: ModerationDeps, act: Act) -> Effect:
    found = await deps.comments.find(act.item.subject)
    if found is None or found.is_removed:
        return Effect(GONE, GONE)
    before = _HIDDEN if found.is_hidden else _SHOWN
    if act.outcome not in {Outcome.HIDE, Outcome.RESTORE}:
        return Effect(before, before)
    is_hidden = act.outcome is Outcome.HIDE
    await deps.comments.set_hidden(found.id, is_hidden=is_hidden)
    return Effect(before, _HIDDEN if is_hidden else _SHOWN)


async def _rating(deps: ModerationDeps, act: Act) -> Effect:
    found = await deps.ratings.get(act.item.subject)
    if found is None or found.state is RatingState.HIDDEN:
        return Effect(GONE, GONE)
    is_held = found.state is RatingState.HELD
    is_hiding = act.outcome is Outcome.HIDE
    is_showing = act.outcome is Outcome.RESTORE or (is_held and act.outcome is not Outcome.HIDE)
    wanted = RatingState.MODERATED if is_hiding else RatingState.PUBLISHED
    if not (is_hiding or is_showing) or found.state is wanted:
        return Effect(found.state, found.state)
    decided, event = await decide_rating(deps, act.staff, found.id, hide=is_hiding)
    return Effect(found.state, decided.state, [event])


async def _report(deps: ModerationDeps, act: Act) -> Effect:
    """Through the table of reports, like everybody else; of what is hidden the queue's own mail tells the author."""
    report = await deps.reports.get(act.item.subject)
    if report is None or report.status is ReportStatus.WITHDRAWN:
        return Effect(GONE, GONE)
    action = _report_action(report.status, act.outcome)
    if action is None:
        return Effect(report.status, report.status)
    actor = Actor(kind=ActorKind.MODERATOR, id=act.staff.user_id)
    wanted = state_machine.wanted_of(action, {"reason": act.reason})
    change = state_machine.perform(report, action, actor, wanted, act.now, deps.report_settings)
    if act.outcome is Outcome.HIDE:
        events = [each for each in change.events if each.topic is not Topic.NOTIFICATIONS]
        change = change.model_copy(update={"events": events})
    await deps.reports.commit(change)
    await deps.outbox.insert(change.events)
    after = change.report
    is_waiting = after.status is ReportStatus.NEEDS_REVIEW
    next_item = moderation_item(after, ReportReason.OTHER, act.reason) if is_waiting else None
    return Effect(report.status, after.status, change.events, next_item)


def _report_action(status: ReportStatus, outcome: Outcome) -> str | None:
    """The action of a report's table that an outcome is, where it is one in this status."""
    if outcome is Outcome.HIDE:
        return None if status is ReportStatus.HIDDEN else "hide"
    if outcome is Outcome.RESTORE:
        return "restore" if status is ReportStatus.HIDDEN else None
    return "verify" if status is ReportStatus.NEEDS_REVIEW else None


async def _media(deps: ModerationDeps, act: Act) -> Effect:
    found = await deps.media.get(act.item.subject)
    if found is None or found.attached_to is None:
        return Effect(GONE, GONE)
    if act.outcome is not Outcome.REMOVE:
        return Effect(_SHOWN, _SHOWN)
    await remove_photo(deps, found, act.now)
    return Effect(_SHOWN, GONE)


async def _ban(deps: ModerationDeps, act: Act) -> Effect:
    user = await deps.users.get(act.item.reported_id)
    if user is None or user.deleted_at is not None:
        return Effect(GONE, GONE)
    before = "banned" if user.banned_at else "active" if user.is_active else "suspended"
    if act.outcome not in {Outcome.BAN, Outcome.RESTORE}:
        return Effect(before, before)
    is_lifted = act.outcome is Outcome.RESTORE
    events = await ban_user(deps, act.staff, user.id, act.client, is_lifted=is_lifted, reason=act.reason, now=act.now)
    return Effect(before, "active" if is_lifted else "banned", events)


_EFFECTS: Mapping[ItemKind, Callable[[ModerationDeps, Act], Awaitable[Effect]]] = {
    ItemKind.MESSAGE: _message,
    ItemKind.REPORT: _report,
    ItemKind.COMMENT: _comment,
    ItemKind.RATING: _rating,
    ItemKind.MEDIA: _media,
    ItemKind.BAN: _ban,
}
