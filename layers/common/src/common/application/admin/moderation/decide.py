"""Deciding on an item of the queue: the thing, the item, the log and what the author is told, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.application.admin.moderation.bans import propose
from common.application.admin.moderation.claim import find_item
from common.application.admin.moderation.deps import ModerationDeps
from common.application.admin.moderation.effects import Act, Effect, apply_decision
from common.application.identity.records import MAIL_REQUESTED
from common.application.shared.publishing import publish_committed
from common.application.shared.staff_acts import act_of_staff
from common.domain.identity.clients import ClientInfo
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.moderation.items import (
    ADVERSE,
    APPEAL_WINDOW,
    Decision,
    ItemKind,
    ItemState,
    ModerationItem,
    Outcome,
)
from common.domain.moderation.rules import require_decider, require_possible
from common.domain.shared.errors import Forbidden, GigstaError, InvalidInput, Unavailable, VersionConflict
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.opaque_tokens import digest, new_token

#: The thing of an item may change while it is decided on; then it is decided on as it is.
_TRIES = 4
_THINGS = {
    ItemKind.MESSAGE: "message",
    ItemKind.REPORT: "report",
    ItemKind.COMMENT: "comment",
    ItemKind.RATING: "rating",
    ItemKind.MEDIA: "photo",
    ItemKind.BAN: "account",
}
_DONE = {
    Outcome.HIDE: "was taken out of sight",
    Outcome.REMOVE: "was removed",
    Outcome.WARN: "breaks our rules; it stays, and this is a warning",
    Outcome.BAN: "was closed to you",
    Outcome.RESTORE: "is as it was before the decision",
    Outcome.UPHOLD: "stays as it was decided",
}


@dataclass(frozen=True)
class Verdict:
    """What a moderator decides.

    Args:
        outcome: what.
        reason: why, for the author and for the log.
        proposes_ban: also propose that the author is banned.
    """

    outcome: Outcome
    reason: str
    proposes_ban: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one of several decisions: the item, or why it was refused."""

    item_id: str
    item: ModerationItem | None = None
    error: GigstaError | None = field(default=None)


async def decide_item(
    deps: ModerationDeps, staff: Principal, item_id: str, verdict: Verdict, client: ClientInfo
) -> ModerationItem:
    """Decide on an item; of two moderators at once the later is told of the first one's decision.

    Raises:
        NotFound: there is no such item.
        Forbidden: the caller may not decide on it (as ``require_decider``), or proposes a ban without being allowed to.
        Conflict: another moderator has taken it (``claimed``), or decided on it (``already_decided``).
        InvalidInput: this cannot be decided on it (``outcome_not_possible``), or there is no account to ban
            (``no_account``).
        Unavailable: the thing keeps changing.
    """
    for _ in range(_TRIES):
        try:
            decided, events = await deps.unit_of_work.run(lambda: _decide(deps, staff, item_id, verdict, client))
        except VersionConflict:
            continue
        await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
        return decided
    raise Unavailable("This is being changed by others.", retry_after=1)


async def decide_items(
    deps: ModerationDeps, staff: Principal, item_ids: Sequence[str], verdict: Verdict, client: ClientInfo
) -> Sequence[Result]:
    """Decide the same on several items, each on its own: what is refused stops no other."""
    results = []
    for item_id in dict.fromkeys(item_ids):
        try:
            results.append(Result(item_id, await decide_item(deps, staff, item_id, verdict, client)))
        except GigstaError as error:
            results.append(Result(item_id, error=error))
    return results


async def _decide(
    deps: ModerationDeps, staff: Principal, item_id: str, verdict: Verdict, client: ClientInfo
) -> tuple[ModerationItem, list[Event]]:
    item, now = await find_item(deps, item_id), deps.clock.now()
    require_decider(item, staff, now)
    require_possible(item, verdict.outcome)
    act = Act(staff, client, item, verdict.outcome, verdict.reason, now)
    effect = await apply_decision(deps, act)
    token = new_token() if verdict.outcome in ADVERSE and item.appeal is None else None
    decided = _decided(act, effect, token)
    await deps.moderation.save(decided)
    await deps.moderation.settle(decided)
    if effect.next_item is not None:
        await deps.moderation.report(effect.next_item)
    await deps.log.insert(_row(act, effect))
    if verdict.proposes_ban:
        await _propose_ban(deps, act)
    mails = _mails(deps, act, decided, token)
    await deps.outbox.insert(mails)
    return decided, [*effect.events, *mails]


async def _propose_ban(deps: ModerationDeps, act: Act) -> None:
    if not may(act.staff, Permission.PROPOSE_BANS):
        raise Forbidden("Your account may not propose bans.")
    if act.item.kind is ItemKind.BAN or not act.item.reported_id:
        raise InvalidInput.of("propose_ban", "There is no account to propose a ban of.", "no_account")
    await propose(deps, act.staff, act.item.reported_id, act.client, act.reason, because_of=act.item.id)


def _decided(act: Act, effect: Effect, token: str | None) -> ModerationItem:
    decision = Decision(
        item_id=act.item.id,
        outcome=act.outcome,
        reason=act.reason,
        by=act.staff.user_id,
        at=act.now,
        before=effect.before,
        after=effect.after,
    )
    fields: dict[str, Any] = {
        "state": ItemState.DECIDED,
        "decisions": [*act.item.decisions, decision],
        "claimed_by": None,
        "claimed_until": None,
    }
    if token is not None:
        fields["appeal_hash"] = digest(token)
    return act.item.model_copy(update=fields)


def _row(act: Act, effect: Effect) -> Any:
    about: Mapping[str, Any] = {
        "item_id": act.item.id,
        "kind": act.item.kind.value,
        "subject": act.item.subject,
        "outcome": act.outcome.value,
        "before": str(effect.before),
        "after": str(effect.after),
    }
    type_, user_id = SecurityEventType.CONTENT_DECIDED, act.item.reported_id or None
    return act_of_staff(act.staff, type_, act.client, act.now, user_id=user_id, reason=act.reason, **about)


def _mails(deps: ModerationDeps, act: Act, item: ModerationItem, token: str | None) -> list[Event]:
    """What the author is told: what was decided, why, and how to appeal."""
    is_told = act.outcome in {*ADVERSE, Outcome.RESTORE, Outcome.UPHOLD}
    if not item.reported_id or not is_told:
        return []
    data: dict[str, Any] = {
        "thing": _THINGS[item.kind],
        "done": _DONE[act.outcome],
        "reason": act.reason,
        "is_final": token is None,
        "appeal_days": APPEAL_WINDOW.days,
        "url": f"{deps.frontend_base_url}/moderation/{item.id}" + (f"?token={token}" if token else ""),
    }
    to = item.reported_id
    template = "moderation_decided"
    return [new_event(Topic.NOTIFICATIONS, MAIL_REQUESTED, act.now, template=template, to_user_id=to, data=data)]
