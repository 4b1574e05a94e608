"""Conditions under which an action is offered and performed: each a sentence for people and its test."""

from common.domain.reports.report import ActorKind
from common.domain.reports.state_machine.context import Context, ReportGuard


def _others_report(context: Context) -> bool:
    return context.actor.kind is not ActorKind.MODERATOR or not context.report.is_by(context.actor.id)


def _within_reopen_window(context: Context) -> bool:
    return context.now < context.report.status_since + context.settings.reopen_window


def _has_no_account(context: Context) -> bool:
    return context.report.author_id is None


OTHERS_REPORT = ReportGuard("it is not the moderator's own report", _others_report)
WITHIN_REOPEN_WINDOW = ReportGuard("it was resolved within the last {reopen_window}", _within_reopen_window)
HAS_NO_ACCOUNT = ReportGuard("it was made without an account", _has_no_account)
