"""What follows from actions: pure functions from a context and a draft to a new draft."""

from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import ActorKind, Closing, Report, ReportStatus
from common.domain.reports.state_machine.context import Context, Draft
from common.domain.reports.state_machine.inputs import (
    ClosingWords,
    Edited,
    Judged,
    LinkedJob,
    NewAuthor,
    NewCategory,
    Original,
    Reason,
)


def edited_target(context: Context) -> ReportStatus:
    """Other words, photographs or another place are verified anew; after a person's decision by a person."""
    report = context.report
    if not _is_other(report, context.given(Edited)):
        return report.status
    was_moderated = report.closing is not None and report.closing.by is ActorKind.MODERATOR
    if report.status is ReportStatus.NEEDS_REVIEW or was_moderated:
        return ReportStatus.NEEDS_REVIEW
    return ReportStatus.PENDING_VERIFICATION


def judged_target(context: Context) -> ReportStatus:
    """Where a verdict leads: a person looks at what is unsafe, and at what the verifier is not sure of."""
    verdict = context.given(Judged).verdict
    if verdict.unsafe or verdict.confidence < context.settings.least_confidence:
        return ReportStatus.NEEDS_REVIEW
    return ReportStatus.VERIFIED if verdict.is_civic else ReportStatus.REJECTED


def request_verification(context: Context, draft: Draft) -> Draft:
    """Ask for a verification of what has just been written."""
    return draft.verify(context.settings, is_new=True)


def request_again(context: Context, draft: Draft) -> Draft:
    """Ask for the same verification again."""
    return draft.verify(context.settings, is_new=False)


def record_verdict(context: Context, draft: Draft) -> Draft:
    """Keep the verdict; it names the category only where the author did not."""
    verdict = context.given(Judged).verdict
    known = draft.report.verification.model_copy(update={"verdict": verdict, "next_try_at": None})
    category = draft.report.category
    if category is ReportCategory.OTHER and draft.report.status is ReportStatus.VERIFIED:
        category = verdict.category
    return draft.set(verification=known, severity=verdict.severity, category=category)


def end_verification(_: Context, draft: Draft) -> Draft:
    """Wait for no verifier any more."""
    return draft.set(verification=draft.report.verification.model_copy(update={"next_try_at": None}))


def apply_edit(context: Context, draft: Draft) -> Draft:
    """Write what the author changed, and have it verified where that is needed."""
    given = context.given(Edited)
    changed = draft.set(**{name: getattr(given, name) for name in Edited.model_fields})
    if not _is_other(context.report, given):
        return changed
    if changed.report.status is ReportStatus.PENDING_VERIFICATION:
        return changed.verify(context.settings, is_new=True)
    return changed.set(verified_at=None)


def close(context: Context, draft: Draft) -> Draft:
    """Keep why it was closed, and who is responsible."""
    given = context.given(ClosingWords)
    return draft.set(
        closing=Closing(reason=given.reason, responsible=given.responsible, by=context.actor.kind, at=context.now)
    )


def close_as_fixed(context: Context, draft: Draft) -> Draft:
    """Keep that the author says so."""
    words = Closing(reason="It is fixed.", responsible="the author", by=context.actor.kind, at=context.now)
    return draft.set(closing=words)


def close_with_reason(context: Context, draft: Draft) -> Draft:
    """Keep why a moderator has taken it out of sight."""
    reason = context.given(Reason).reason
    words = Closing(reason=reason, responsible="the moderators", by=context.actor.kind, at=context.now)
    return draft.set(closing=words)


def reopen(_: Context, draft: Draft) -> Draft:
    """Forget how it was closed."""
    return draft.set(closing=None, duplicate_of=None)


def mark_duplicate(context: Context, draft: Draft) -> Draft:
    """Keep which report was first."""
    return draft.set(duplicate_of=context.given(Original).duplicate_of)


def set_category(context: Context, draft: Draft) -> Draft:
    """Change what it is about."""
    return draft.set(category=context.given(NewCategory).category)


def link_job(context: Context, draft: Draft) -> Draft:
    """Remember the job request that was made of it."""
    return draft.set(job_request_id=context.given(LinkedJob).job_request_id)


def mark_asked(context: Context, draft: Draft) -> Draft:
    """Remember that people were asked."""
    return draft.set(asked_if_fixed_at=context.now)


def take_over(context: Context, draft: Draft) -> Draft:
    """Give it to an account; the token opens nothing any more."""
    given = context.given(NewAuthor)
    return draft.set(author_id=given.author_id, author_name=given.author_name, secret_hash=None)


def restored_target(context: Context) -> ReportStatus:
    """Back in sight; what was never verified waits for a person."""
    return ReportStatus.VERIFIED if context.report.verified_at is not None else ReportStatus.NEEDS_REVIEW


def _is_other(report: Report, given: Edited) -> bool:
    shown = ("title", "description", "category", "place", "photos")
    return any(getattr(report, name) != getattr(given, name) for name in shown)
