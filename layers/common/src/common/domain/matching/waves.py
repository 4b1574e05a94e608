"""Who is asked when: a few of the best first, the next few where nobody has agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.matching.candidates import Candidate
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Score
from common.domain.matching.scoring import score
from common.domain.matching.settings import MatchingSettings


@dataclass(frozen=True)
class Wave:
    """A wave as it is decided.

    Args:
        chosen: who is asked, the best first, and why.
        offers_end_at: until when these offers may be answered.
        next_at: when the next wave is due; ``None`` after the last one, unless it had room for somebody who rests.
        waits_until: where nobody is chosen because everybody who could be rests: the end of the first rest, or when
            the request becomes urgent.
    """

    chosen: tuple[tuple[Candidate, Score], ...]
    offers_end_at: datetime
    next_at: datetime | None
    waits_until: datetime | None = None


def is_urgent(request: JobRequest, now: datetime, settings: MatchingSettings) -> bool:
    """Whether the window starts so soon that waves follow each other fast and wait for nobody's quiet hours."""
    return request.window.start_at - now <= settings.urgent_within


def gap(request: JobRequest, now: datetime, settings: MatchingSettings) -> timedelta:
    """The time from a wave to the next."""
    return settings.urgent_gap if is_urgent(request, now, settings) else settings.gap


def is_last(number: int, settings: MatchingSettings) -> bool:
    """Whether no wave follows one of this number, counted from 1."""
    return number >= len(settings.wave_sizes)


def asks_siblings(number: int, settings: MatchingSettings) -> bool:
    """Whether a wave of this number looks at sibling categories as well: the last one does."""
    return is_last(number, settings)


def plan_wave(
    request: JobRequest,
    ranked: Sequence[Candidate],
    now: datetime,
    settings: MatchingSettings,
    *,
    number: int | None = None,
) -> Wave:
    """The next wave of a request.

    Who rests is passed over for what is not urgent, and may be in a later wave. Where everybody rests the wave waits,
    at most until it is urgent. A service that was asked for by its id is asked alone in the first wave, which waits for
    its provider.

    Args:
        request: as stored; its ``wave`` is the number of the last one.
        ranked: who may be asked, the best first.
        now: the present instant.
        settings: sizes and gaps.
        number: of the wave, where it is not the next one: the last, where a search for an earlier one found nobody.
    """
    number, step = number or request.wave + 1, gap(request, now, settings)
    urgent = is_urgent(request, now, settings)
    is_alone = number == 1 and bool(ranked) and ranked[0].service_id == request.service_id
    wanted, size = (ranked[:1], 1) if is_alone else (ranked, wave_size(number, settings))
    resting = [] if urgent else [each.rests_until for each in wanted if each.rests_until and each.rests_until > now]
    waits_until = min([*resting, request.window.start_at - settings.urgent_within]) if resting else None
    awake = [each for each in wanted if urgent or each.rests_until is None or each.rests_until <= now]
    ends_at = min(now + settings.offer_gaps * step, request.expires_at)
    if not awake:
        return Wave((), ends_at, waits_until, waits_until)
    chosen = tuple([(each, score(each, request, settings)) for each in awake[:size]])
    next_at = now + step
    if is_last(number, settings):
        if waits_until is None or len(chosen) == size:
            return Wave(chosen, ends_at, None)
        next_at = waits_until
    return Wave(chosen, ends_at, min(next_at, request.expires_at))


def wave_size(number: int, settings: MatchingSettings) -> int:
    """How many a wave of this number asks; those after the last are as large as the last."""
    return settings.wave_sizes[min(number, len(settings.wave_sizes)) - 1]
