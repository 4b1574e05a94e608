"""The story of a load goes as the API has it: one couple, one round, without Locust."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx

from infra.load import bounds, prepare
from infra.load.story import Answer, Request, Story

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud


#: A busy machine starts functions slowly: they answer 503 then, and clients try again with the same key.
_UNAVAILABLE, _TRIES, _PATIENCE = 503, 20, 4


class Plain:
    """Sends requests and remembers what failed."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.client = httpx.Client(timeout=60)

    def ask(self, request: Request) -> Answer:
        sent: dict[str, Any] = {"headers": request.headers, "json": request.json, "data": request.form}
        for _ in range(_TRIES):
            answer = self.client.request(request.method, request.url, **sent)
            if answer.status_code != _UNAVAILABLE:
                break
            self.wait(0.5)
        if not answer.is_success and answer.status_code not in request.fine:
            self.failures.append(f"{request.name}: {answer.status_code} {answer.text[:300]}")
        return Answer(answer.status_code, answer.json() if "json" in answer.headers.get("content-type", "") else None)

    def fail(self, name: str, why: str) -> None:
        self.failures.append(f"{name}: {why}")

    def wait(self, seconds: float) -> None:
        time.sleep(_PATIENCE * seconds)


def test_one_couple_lives_the_whole_story_and_may_do_so_again(cloud: LocalCloud) -> None:
    load = bounds.read(["--users", "1"])
    first, again = (prepare.local(load, cloud, print) for _ in range(2))
    assert first.couples[0].provider == again.couples[0].provider, "who is there is not registered again"
    assert first.couples[0].service_id == again.couples[0].service_id
    asker = Plain()
    with asker.client:
        story = Story(asker, again, again.couples[0])
        story.begin()
        story.round()
    assert asker.failures == []
    assert (story.bookings, story.completed) == (1, 1)
