"""The report's life in one table. Nothing else assigns a report's status."""

from common.domain.reports import notifications
from common.domain.reports.report import UNSOLVED, ActorKind
from common.domain.reports.report import ReportStatus as Status
from common.domain.reports.state_machine import effects, guards, inputs, timers
from common.domain.reports.state_machine.context import ReportTransition, Rule

AUTHOR, FOLLOWER, MODERATOR = ActorKind.AUTHOR, ActorKind.FOLLOWER, ActorKind.MODERATOR
PROVIDER, SYSTEM = ActorKind.PROVIDER, ActorKind.SYSTEM

_UNCHECKED = (Status.PENDING_VERIFICATION, Status.NEEDS_REVIEW, Status.REJECTED)
_UNSOLVED = tuple(status for status in Status if status in UNSOLVED)
_SHOWN = (*_UNSOLVED, Status.RESOLVED)
_EVERYWHERE = tuple(status for status in Status if status is not Status.WITHDRAWN)

CREATE = ReportTransition(
    name="create",
    label="Report",
    note="Reported.",
    sources=(),
    targets=(Status.PENDING_VERIFICATION,),
    actors=(AUTHOR,),
    summary="verified by a machine before anybody else sees it",
    effects=(effects.request_verification,),
)

AUTHOR_TRANSITIONS = (
    ReportTransition(
        name="edit",
        label="Edit",
        note="Edited by its author.",
        sources=(*_UNCHECKED, Status.VERIFIED),
        targets=(Status.PENDING_VERIFICATION, Status.NEEDS_REVIEW),
        actors=(AUTHOR,),
        input=inputs.Edited,
        choose=effects.edited_target,
        summary="other words, photographs or another place are verified anew, by a person where one has decided "
        "before; a name alone changes no status",
        effects=(effects.apply_edit,),
    ),
    ReportTransition(
        name="claim",
        label="Make it mine",
        note="Taken over by its author's account.",
        sources=_EVERYWHERE,
        targets=(),
        actors=(AUTHOR,),
        guards=(guards.HAS_NO_ACCOUNT,),
        input=inputs.NewAuthor,
        summary="the edit token opens it no more",
        effects=(effects.take_over,),
    ),
    ReportTransition(
        name="withdraw",
        label="Withdraw",
        note="Withdrawn by its author.",
        sources=_EVERYWHERE,
        targets=(Status.WITHDRAWN,),
        actors=(AUTHOR,),
        is_critical=True,
        summary="out of everybody's sight, photographs removed",
    ),
)

REQUEST_VERIFICATION = ReportTransition(
    name="request_verification",
    label="Ask for the verification again",
    note="Verification asked for again.",
    sources=(Status.PENDING_VERIFICATION,),
    targets=(),
    actors=(SYSTEM,),
    timer=timers.REQUEST_VERIFICATION,
    summary="the verifier is asked again",
    effects=(effects.request_again,),
)

VERIFICATION_TRANSITIONS = (
    ReportTransition(
        name="record_verdict",
        label="Record the verdict",
        note="Looked at by a machine.",
        sources=(Status.PENDING_VERIFICATION,),
        targets=(Status.VERIFIED, Status.NEEDS_REVIEW, Status.REJECTED),
        actors=(SYSTEM,),
        input=inputs.Judged,
        choose=effects.judged_target,
        summary="unsafe, or with a confidence below {least_confidence}: a person looks at it",
        effects=(effects.record_verdict,),
        notifications=(
            Rule(notifications.PUBLISHED, when=Status.VERIFIED),
            Rule(notifications.REJECTED, when=Status.REJECTED),
        ),
    ),
    REQUEST_VERIFICATION,
    ReportTransition(
        name="give_up_verification",
        label="Let a person look",
        note="The machine did not answer; a person looks at it.",
        sources=(Status.PENDING_VERIFICATION,),
        targets=(Status.NEEDS_REVIEW,),
        actors=(SYSTEM,),
        timer=timers.GIVE_UP_VERIFICATION,
        summary="moderators look at it",
        effects=(effects.end_verification,),
    ),
)

MODERATION_TRANSITIONS = (
    ReportTransition(
        name="verify",
        label="Publish",
        note="Looked at and published.",
        sources=_UNCHECKED,
        targets=(Status.VERIFIED,),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Note,
        summary="everybody sees it",
        effects=(effects.end_verification, effects.reopen),
        notifications=(Rule(notifications.PUBLISHED),),
    ),
    ReportTransition(
        name="review",
        label="Take back for review",
        note="Taken back to be looked at.",
        sources=(Status.PENDING_VERIFICATION, Status.REJECTED, Status.VERIFIED),
        targets=(Status.NEEDS_REVIEW,),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Note,
        summary="out of everybody's sight until a moderator decides",
        effects=(effects.end_verification,),
    ),
    ReportTransition(
        name="reject",
        label="Reject",
        note="Rejected.",
        sources=(Status.PENDING_VERIFICATION, Status.NEEDS_REVIEW, Status.VERIFIED),
        targets=(Status.REJECTED,),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Reason,
        summary="the author is told why, and may edit it",
        effects=(effects.end_verification, effects.close_with_reason),
        notifications=(Rule(notifications.REJECTED),),
    ),
    ReportTransition(
        name="mark_duplicate",
        label="Mark as a duplicate",
        note="Reported before.",
        sources=(*_UNCHECKED, *_SHOWN),
        targets=(Status.DUPLICATE,),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Original,
        summary="leads to the first report",
        effects=(effects.end_verification, effects.mark_duplicate),
        notifications=(Rule(notifications.MARKED_DUPLICATE),),
    ),
    ReportTransition(
        name="hide",
        label="Hide",
        note="Hidden.",
        sources=tuple(status for status in _EVERYWHERE if status is not Status.HIDDEN),
        targets=(Status.HIDDEN,),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Reason,
        is_critical=True,
        summary="out of everybody's sight; the author is told why",
        effects=(effects.end_verification, effects.close_with_reason),
        notifications=(Rule(notifications.HIDDEN),),
    ),
    ReportTransition(
        name="restore",
        label="Show again",
        note="Shown again.",
        sources=(Status.HIDDEN, Status.DUPLICATE),
        targets=(Status.VERIFIED, Status.NEEDS_REVIEW),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Note,
        choose=effects.restored_target,
        summary="everybody sees it, if it was ever verified",
        effects=(effects.reopen,),
    ),
    ReportTransition(
        name="set_category",
        label="Change the category",
        note="Category changed.",
        sources=_EVERYWHERE,
        targets=(),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.NewCategory,
        summary="found under the other category",
        effects=(effects.set_category,),
    ),
)

WORK_TRANSITIONS = (
    ReportTransition(
        name="acknowledge",
        label="Acknowledge",
        note="Acknowledged.",
        sources=(Status.VERIFIED, Status.REOPENED),
        targets=(Status.ACKNOWLEDGED,),
        actors=(MODERATOR,),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Note,
        summary="author and followers are told",
        notifications=(Rule(notifications.ACKNOWLEDGED),),
    ),
    ReportTransition(
        name="link_job",
        label="Ask a provider",
        note="Somebody pays for having it mended; a provider is looked for.",
        sources=_UNSOLVED,
        targets=(),
        actors=(SYSTEM,),
        input=inputs.LinkedJob,
        summary="the provider's work leads it to in progress and to resolved",
        effects=(effects.link_job,),
    ),
    ReportTransition(
        name="start_work",
        label="Work has begun",
        note="Work has begun.",
        sources=(Status.VERIFIED, Status.ACKNOWLEDGED, Status.REOPENED),
        targets=(Status.IN_PROGRESS,),
        actors=(MODERATOR, PROVIDER),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.Note,
        summary="author and followers are told",
        notifications=(Rule(notifications.IN_PROGRESS),),
    ),
    ReportTransition(
        name="resolve",
        label="Resolved",
        note="Resolved.",
        sources=_UNSOLVED,
        targets=(Status.RESOLVED,),
        actors=(MODERATOR, PROVIDER),
        guards=(guards.OTHERS_REPORT,),
        input=inputs.ClosingWords,
        summary="author and followers are told why, and who is responsible",
        effects=(effects.close,),
        notifications=(Rule(notifications.RESOLVED),),
    ),
    ReportTransition(
        name="confirm_fixed",
        label="It is fixed",
        note="Fixed, as its author says.",
        sources=_UNSOLVED,
        targets=(Status.RESOLVED,),
        actors=(AUTHOR,),
        input=inputs.Note,
        summary="followers are told",
        effects=(effects.close_as_fixed,),
        notifications=(Rule(notifications.RESOLVED, to_others=True),),
    ),
    ReportTransition(
        name="reopen",
        label="It is not fixed",
        note="Reopened.",
        sources=(Status.RESOLVED,),
        targets=(Status.REOPENED,),
        actors=(AUTHOR, FOLLOWER, MODERATOR),
        guards=(guards.WITHIN_REOPEN_WINDOW,),
        input=inputs.Reason,
        summary="author and followers are told",
        effects=(effects.reopen,),
        notifications=(Rule(notifications.REOPENED, to_others=True),),
    ),
    ReportTransition(
        name="ask_if_fixed",
        label="Ask whether it is fixed",
        note="Asked whether it is fixed.",
        sources=_UNSOLVED,
        targets=(),
        actors=(SYSTEM,),
        timer=timers.ASK_IF_FIXED,
        summary="author and followers are asked",
        effects=(effects.mark_asked,),
        notifications=(Rule(notifications.ASKED_IF_FIXED),),
    ),
)

#: Every action, in the order in which they are offered.
TABLE: tuple[ReportTransition, ...] = (
    CREATE,
    *AUTHOR_TRANSITIONS,
    *VERIFICATION_TRANSITIONS,
    *MODERATION_TRANSITIONS,
    *WORK_TRANSITIONS,
)
TRANSITIONS: dict[str, ReportTransition] = {each.name: each for each in TABLE}
TIMED_TRANSITIONS: tuple[ReportTransition, ...] = tuple(each for each in TABLE if each.timer is not None)
#: What leads nowhere else.
TERMINAL = frozenset({Status.WITHDRAWN})
