"""Who may decide on what in the queue, how, and who may appeal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from common.domain.identity.roles import Principal, Role
from common.domain.moderation.items import (
    APPEAL_WINDOW,
    LEASE,
    Appeal,
    Decision,
    ItemKind,
    ItemState,
    ModerationItem,
    Outcome,
    ReportReason,
)
from common.domain.moderation.rules import (
    OUTCOMES,
    appealable,
    possible_outcomes,
    require_appealable,
    require_decider,
    require_possible,
)
from common.domain.shared.errors import Conflict, Forbidden, GigstaError, InvalidInput

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def item(**fields: Any) -> ModerationItem:
    given: dict[str, Any] = {"kind": ItemKind.COMMENT, "reporter_id": "usr_r", "reported_id": "usr_a", **fields}
    return ModerationItem(id="mod_1", subject="cmt_1", seq=1, reason=ReportReason.ABUSE, created_at=NOW, **given)


def decided(outcome: Outcome, by: str = "usr_m", **fields: Any) -> ModerationItem:
    decision = Decision(item_id="mod_1", outcome=outcome, reason="So", by=by, at=NOW)
    return item(**{"state": ItemState.DECIDED, "decisions": [decision], **fields})


def staff(role: Role, user_id: str = "usr_s") -> Principal:
    return Principal(user_id, frozenset({Role.USER, role}))


def code_of(thing: ModerationItem, who: Principal, now: datetime = NOW) -> str:
    try:
        require_decider(thing, who, now)
    except GigstaError as error:
        return error.wire_code
    return ""


@pytest.mark.parametrize("kind", list(ItemKind))
def test_every_role_decides_on_what_is_its_own(kind: ItemKind) -> None:
    let_in = {Role.ADMIN, Role.SUPER_ADMIN} | ({Role.MODERATOR} if kind is not ItemKind.BAN else set())
    for role in Role:
        assert code_of(item(kind=kind), staff(role)) == ("" if role in let_in else "forbidden")


@pytest.mark.parametrize("involved", ["usr_r", "usr_a"])
def test_nobody_decides_on_what_concerns_them(involved: str) -> None:
    assert code_of(item(), staff(Role.SUPER_ADMIN, involved)) == "own_matter"
    assert code_of(item(kind=ItemKind.BAN), staff(Role.SUPER_ADMIN, involved)) == "own_matter"


def test_a_lease_keeps_others_away_until_it_ends() -> None:
    held = item(claimed_by="usr_m", claimed_until=NOW + LEASE)
    assert code_of(held, staff(Role.MODERATOR, "usr_m")) == ""
    with pytest.raises(Conflict) as refused:
        require_decider(held, staff(Role.MODERATOR), NOW)
    assert refused.value.extra == {"claimed_by": "usr_m", "claimed_until": (NOW + LEASE).isoformat()}
    assert code_of(held, staff(Role.MODERATOR), NOW + LEASE) == ""


def test_an_appeal_and_the_end_of_a_ban_are_for_somebody_else() -> None:
    appealed = decided(Outcome.HIDE, state=ItemState.APPEALED)
    assert code_of(appealed, staff(Role.ADMIN, "usr_m")) == "other_moderator_required"
    assert code_of(appealed, staff(Role.MODERATOR)) == ""
    banned = decided(Outcome.BAN, kind=ItemKind.BAN)
    assert code_of(banned, staff(Role.ADMIN, "usr_m")) == "other_moderator_required"
    assert code_of(banned, staff(Role.ADMIN)) == ""
    assert code_of(decided(Outcome.HIDE), staff(Role.MODERATOR, "usr_m")) == ""


def test_what_can_be_decided_follows_from_where_it_stands() -> None:
    for kind, outcomes in OUTCOMES.items():
        assert possible_outcomes(item(kind=kind)) == outcomes
    assert possible_outcomes(decided(Outcome.HIDE, state=ItemState.APPEALED)) == (Outcome.UPHOLD, Outcome.RESTORE)
    assert possible_outcomes(decided(Outcome.HIDE)) == (Outcome.RESTORE,)
    assert possible_outcomes(decided(Outcome.KEEP)) == ()
    assert possible_outcomes(decided(Outcome.REMOVE)) == ()
    with pytest.raises(InvalidInput):
        require_possible(item(), Outcome.REMOVE)
    with pytest.raises(Conflict) as refused:
        require_possible(decided(Outcome.KEEP), Outcome.HIDE)
    assert refused.value.wire_code == "already_decided"
    assert refused.value.extra["decided_by"] == "usr_m"


def test_the_author_may_appeal_once_in_time_against_what_is_adverse() -> None:
    for outcome in Outcome:
        may = outcome in {Outcome.HIDE, Outcome.REMOVE, Outcome.WARN, Outcome.BAN}
        assert (appealable(decided(outcome), NOW) is not None) is may
    hidden = decided(Outcome.HIDE)
    assert appealable(hidden, NOW + APPEAL_WINDOW) is None
    assert appealable(item(), NOW) is None
    with pytest.raises(Conflict) as again:
        require_appealable(decided(Outcome.HIDE, appeal=Appeal(text="No", at=NOW)), NOW)
    assert again.value.wire_code == "already_appealed"
    with pytest.raises(Conflict) as late:
        require_appealable(hidden, NOW + APPEAL_WINDOW + timedelta(seconds=1))
    assert late.value.wire_code == "not_appealable"


def test_what_others_reported_of_the_same_thing_is_appealed_against_in_one_place() -> None:
    assert appealable(decided(Outcome.HIDE).model_copy(update={"id": "mod_2"}), NOW) is None


def test_who_lacks_the_second_factor_is_told_so() -> None:
    withheld = Principal("usr_s", withheld_roles=frozenset({Role.MODERATOR}))
    with pytest.raises(Forbidden) as refused:
        require_decider(item(), withheld, NOW)
    assert refused.value.wire_code == "staff_factor_required"
