"""Who may decide on what in the queue of moderators, how, and who may appeal."""

from collections.abc import Mapping
from datetime import datetime

from common.domain.identity.permissions import Permission, may, refuse_withheld
from common.domain.identity.roles import Principal
from common.domain.moderation.items import (
    ADVERSE,
    APPEAL_WINDOW,
    WAITING,
    Decision,
    ItemKind,
    ItemState,
    ModerationItem,
    Outcome,
)
from common.domain.shared.errors import Conflict, Forbidden, InvalidInput

_HIDEABLE = (Outcome.KEEP, Outcome.HIDE, Outcome.WARN)
#: What can be decided on what was not decided on yet.
OUTCOMES: Mapping[ItemKind, tuple[Outcome, ...]] = {
    ItemKind.MESSAGE: _HIDEABLE,
    ItemKind.REPORT: _HIDEABLE,
    ItemKind.COMMENT: _HIDEABLE,
    ItemKind.RATING: _HIDEABLE,
    ItemKind.MEDIA: (Outcome.KEEP, Outcome.REMOVE, Outcome.WARN),
    ItemKind.BAN: (Outcome.KEEP, Outcome.BAN),
}
#: Decisions that anybody who may decide can take back later, without an appeal.
_REVERSIBLE = frozenset({Outcome.HIDE, Outcome.BAN})


def possible_outcomes(item: ModerationItem) -> tuple[Outcome, ...]:
    """What can be decided on an item as it is; nothing on what is decided for good."""
    if item.state is ItemState.OPEN:
        return OUTCOMES[item.kind]
    if item.state is ItemState.APPEALED:
        return (Outcome.UPHOLD, Outcome.RESTORE)
    standing = item.decision
    return (Outcome.RESTORE,) if standing and standing.outcome in _REVERSIBLE else ()


def deciding_permission(kind: ItemKind) -> Permission:
    """What one needs to decide on such an item."""
    return Permission.BAN if kind is ItemKind.BAN else Permission.MODERATE_CONTENT


def require_decider(item: ModerationItem, staff: Principal, now: datetime) -> None:
    """Refuse who may not decide on an item now.

    An appeal, and a ban that is to be lifted, is for somebody who had no part in the decision; a proposed ban is for
    somebody else than who proposed it, as the matter of its reporter.

    Raises:
        Forbidden: the role does not decide on this kind; it concerns the caller (``own_matter``); or the caller has
            decided on it before (``other_moderator_required``).
        Conflict: another moderator has taken it (``claimed``, with ``claimed_by`` and ``claimed_until``).
    """
    permission = deciding_permission(item.kind)
    if not may(staff, permission):
        refuse_withheld(staff, permission)
        raise Forbidden("Your account may not decide on this.")
    if staff.user_id in {item.reporter_id, item.reported_id}:
        raise Forbidden("This concerns yourself; another member of staff has to decide.", code="own_matter")
    is_second_look = item.state is ItemState.APPEALED or (item.kind is ItemKind.BAN and item.decisions)
    if is_second_look and staff.user_id in item.deciders:
        raise Forbidden("You decided on this; another moderator has to.", code="other_moderator_required")
    if item.is_held_by_another(staff.user_id, now):
        raise claimed(item)


def require_possible(item: ModerationItem, outcome: Outcome) -> None:
    """Refuse an outcome that an item cannot have as it is.

    Raises:
        Conflict: it was decided on (``already_decided``, with ``decided_by``, ``decided_at`` and ``outcome``).
        InvalidInput: no such outcome for this kind of thing.
    """
    possible = possible_outcomes(item)
    if outcome in possible:
        return
    if item.state not in WAITING:
        raise already_decided(item)
    allowed = ", ".join(possible)
    raise InvalidInput.of("outcome", f"On this can be decided: {allowed}.", "outcome_not_possible")


def claimed(item: ModerationItem) -> Conflict:
    """That another moderator has an item."""
    until = item.claimed_until.isoformat() if item.claimed_until else None
    extra = {"claimed_by": item.claimed_by, "claimed_until": until}
    return Conflict("Another moderator is looking at this.", code="claimed", extra=extra)


def already_decided(item: ModerationItem) -> Conflict:
    """That an item was decided on."""
    last = item.decisions[-1] if item.decisions else None
    extra = {"decided_by": last.by, "decided_at": last.at.isoformat(), "outcome": last.outcome} if last else {}
    return Conflict("This has been decided on.", code="already_decided", extra=extra)


def appealable(item: ModerationItem, now: datetime) -> Decision | None:
    """The decision that the author may appeal against now; ``None`` where there is none."""
    standing = item.decision
    if item.state is not ItemState.DECIDED or standing is None or item.appeal is not None:
        return None
    is_theirs = standing.outcome in ADVERSE and standing.item_id == item.id
    return standing if is_theirs and now < standing.at + APPEAL_WINDOW else None


def require_appealable(item: ModerationItem, now: datetime) -> None:
    """Refuse an appeal that is not possible, or not any more.

    Raises:
        Conflict: there was one already (``already_appealed``), or nothing can be appealed against (``not_appealable``).
    """
    if item.appeal is not None:
        raise Conflict("You have appealed already.", code="already_appealed")
    if appealable(item, now) is None:
        raise Conflict("There is nothing here that you can appeal against.", code="not_appealable")
