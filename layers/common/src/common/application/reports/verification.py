"""Having a report judged, and what is done where nobody can judge it now."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from common.application.ports.reports.verifier import Picture, ReportText, ReportVerifier
from common.application.reports.committing import commit
from common.application.reports.deps import ReportDeps
from common.domain.reports import state_machine
from common.domain.reports.report import Report, ReportChange, ReportStatus
from common.domain.reports.state_machine import SYSTEM, Judged
from common.domain.shared.errors import Unavailable, VersionConflict
from common.domain.shared.events import Event

_TRIES = 3
#: Between tries: as long as was waited so far, within these bounds.
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=60), timedelta(minutes=5)


@dataclass(frozen=True)
class VerificationDeps(ReportDeps):
    """Ports of having reports judged."""

    verifier: ReportVerifier


async def verify(deps: VerificationDeps, event: Event) -> None:
    """Judge a report that waits for it, as it is now; doing it again changes nothing.

    Where no verifier answers, the message has done its work all the same: the report says when it is to be tried again,
    and the sweep sees to it, so that however long a verifier is away, no message ends among the dead letters for it.

    Args:
        deps: ports.
        event: ``report.verification_requested`` with ``report_id``.

    Raises:
        VersionConflict: the report has changed each time while it was judged; the message must come again.
    """
    report_id = str(event.payload["report_id"])
    for _ in range(_TRIES - 1):
        with suppress(VersionConflict):
            return await _verify_once(deps, report_id)
    return await _verify_once(deps, report_id)


async def _verify_once(deps: VerificationDeps, report_id: str) -> None:
    report = await deps.reports.get(report_id)
    if report is None or report.status is not ReportStatus.PENDING_VERIFICATION:
        return
    if (change := await _judged(deps, report)) is not None:
        await commit(deps, change, SYSTEM)


async def _judged(deps: VerificationDeps, report: Report) -> ReportChange | None:
    """What follows for a report from asking the verifier; it is written under the version that was judged."""
    pictures = await _pictures(deps, report)
    text = ReportText(report.title, report.description)
    try:
        verdict = await deps.verifier.judge(pictures, text, report.category)
    except Unavailable as error:
        now = deps.clock.now()
        wait = min(max(now - report.verification.since, _SHORTEST_WAIT), _LONGEST_WAIT)
        until = now + max(wait, timedelta(seconds=error.retry_after))
        return state_machine.postpone(report, until, now, deps.settings)
    given = Judged(verdict=verdict)
    return state_machine.perform(report, "record_verdict", SYSTEM, given, deps.clock.now(), deps.settings)


async def _pictures(deps: VerificationDeps, report: Report) -> Sequence[Picture]:
    """Its photographs, in their order, as they are listed."""
    known = await deps.attachments.find_many(report.media_ids)
    return [
        Picture(known[photo.media_id].sha256, photo.listed_key) for photo in report.photos if photo.media_id in known
    ]
