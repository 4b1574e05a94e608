"""Windows and limits of reports."""

from datetime import timedelta

from pydantic import Field

from common.domain.shared.configured import Configured, Window


class ReportSettings(Configured):
    """Windows are relative to what their name says.

    ``ask_if_fixed_after`` is the four weeks that FixMyStreet waits
    (https://fixmystreet.org/running/updates/#questionnaires); ``verification_patience`` is how long a verification that
    was asked for is waited for before it is asked for again, as its message may be lost.
    """

    verification_patience: Window = timedelta(minutes=10)
    verification_deadline: Window = timedelta(hours=6)
    least_confidence: float = Field(default=0.7, ge=0, le=1)
    ask_if_fixed_after: Window = timedelta(days=28)
    reopen_window: Window = timedelta(days=30)
