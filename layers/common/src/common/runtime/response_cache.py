"""Answers to anonymous public reads, kept in the process for as long as they tell caches to keep them."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from common.domain.shared.freshness import now

#: No single answer takes more than this share of the room.
_LARGEST_SHARE = 8
MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class CachedResponse:
    """A body with its entity tag and header fields, when it was made and for how many seconds it may be used."""

    body: bytes
    headers: dict[str, str]
    made_at: float
    seconds: int


class ResponseCache:
    """Bounded by number and by bytes; the least recently used go first.

    Args:
        most: how many at most; with 0 none is kept.
        most_bytes: of all bodies together.
        clock: seconds of the time of day (``domain.freshness`` says why).
    """

    def __init__(self, most: int, most_bytes: int = MAX_BYTES, clock: Callable[[], float] = now) -> None:
        self._most, self._most_bytes, self._clock = most, most_bytes, clock
        self._answers: OrderedDict[str, CachedResponse] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> tuple[CachedResponse, int] | None:
        """An answer that may still be used, and its age in whole seconds."""
        answer = self._answers.get(key)
        if answer is None:
            return None
        age = self._clock() - answer.made_at
        if not 0 <= age < answer.seconds:
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return answer, int(age)

    def put(self, key: str, body: bytes, headers: dict[str, str], seconds: int) -> None:
        """Keep an answer for so many seconds, unless it is too large."""
        if not self._most or len(body) > self._most_bytes // _LARGEST_SHARE:
            return
        if key in self._answers:
            self._drop(key)
        self._answers[key] = CachedResponse(body, headers, self._clock(), seconds)
        self._bytes += len(body)
        while len(self._answers) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._answers)))

    def clear(self) -> None:
        """Forget all."""
        self._answers.clear()
        self._bytes = 0

    def _drop(self, key: str) -> None:
        self._bytes -= len(self._answers.pop(key).body)
