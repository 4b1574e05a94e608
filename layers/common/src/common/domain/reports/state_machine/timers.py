"""When the system acts: each timer gives the instant it is armed for, or ``None``."""

from datetime import datetime

from common.domain.reports.state_machine.context import Context
from common.domain.shared.state_machine import Timer


def _ask_if_fixed(context: Context) -> datetime | None:
    report = context.report
    asked = report.asked_if_fixed_at
    if asked is not None and asked >= report.status_since:
        return None
    return report.status_since + context.settings.ask_if_fixed_after


def _give_up(context: Context) -> datetime:
    return context.report.verification.since + context.settings.verification_deadline


REQUEST_VERIFICATION = Timer[Context](
    "{verification_patience} after it was asked for, or when the verifier may be tried again",
    lambda context: context.report.verification.next_try_at,
)
GIVE_UP_VERIFICATION = Timer[Context]("{verification_deadline} after it was first asked for", _give_up)
ASK_IF_FIXED = Timer[Context]("{ask_if_fixed_after} after the last change, once each", _ask_if_fixed)
