"""Run a plan under Locust: ``python -m infra.load.under_locust PLAN OUTCOME``, in an environment that has Locust alone.

Importing Locust changes the standard library's sockets for the whole process, and it brings a plugin for pytest, so it
has an environment of its own and no part in the product's.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
from locust import HttpUser, between, task
from locust.env import Environment
from requests.adapters import HTTPAdapter

from infra.load import plan as plans
from infra.load.story import Answer, Request, Story, StoryStops

if TYPE_CHECKING:
    from locust.stats import StatsEntry

_ANSWER_SECONDS = 30
_OK, _WRONG, _LIMITED = 200, 400, 429
_SHOWN = 120


class Everyone:
    """What all users of a run share.

    Attributes:
        plan: What is done.
        couples: Hands each user theirs.
        stories: Those that began.
        limited: How many requests a limit refused.
    """

    def __init__(self, plan: plans.Plan) -> None:
        self.plan = plan
        self.couples = itertools.cycle(plan.couples)
        self.stories: list[Story] = []
        self.limited = 0


class _From(HTTPAdapter):
    """Sends from one address of this machine.

    Args:
        address: Which.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Bind what connects."""
        super().init_poolmanager(*arguments, **options, source_address=(self._address, 0))


class Visitor(HttpUser):
    """A customer with their provider."""

    wait_time = between(0.5, 2)
    everyone: Everyone
    story: Story

    def on_start(self) -> None:
        """Sign in; who cannot tries again."""
        couple = next(self.everyone.couples)
        if couple.address:
            self.client.mount("http://", _From(couple.address))
        self.story = Story(Asker(self, self.everyone), self.everyone.plan, couple)
        self.everyone.stories.append(self.story)
        while True:
            try:
                return self.story.begin()
            except StoryStops:
                gevent.sleep(1)

    @task
    def live(self) -> None:
        """One round of the story; what stops it was counted where it happened."""
        with contextlib.suppress(StoryStops):
            self.story.round()


class Asker:
    """Sends a visitor's requests by Locust, which counts them.

    Args:
        visitor: Whose.
        everyone: Counts what limits refuse.
    """

    def __init__(self, visitor: Visitor, everyone: Everyone) -> None:
        self._visitor, self._everyone = visitor, everyone

    def ask(self, request: Request) -> Answer:
        """Send one."""
        sent = {"headers": request.headers, "json": request.json, "data": request.form, "timeout": _ANSWER_SECONDS}
        with self._visitor.client.request(
            request.method, request.url, name=request.name, **sent, catch_response=True
        ) as response:
            if response.status_code == _LIMITED:
                self._everyone.limited += 1
                response.success()
            elif _OK <= response.status_code < _WRONG or response.status_code in request.fine:
                response.success()
            else:
                response.failure(f"{response.status_code or 'no answer'} {(response.text or '')[:_SHOWN]}")
            is_json = "json" in (response.headers or {}).get("content-type", "")
            return Answer(response.status_code or 0, response.json() if is_json else None)

    def fail(self, name: str, why: str) -> None:
        """Count what did not come."""
        self._visitor.environment.events.request.fire(
            request_type="", name=name, response_time=0, response_length=0, exception=RuntimeError(why), context={}
        )

    def wait(self, seconds: float) -> None:
        """Let the others go on meanwhile."""
        gevent.sleep(seconds)


def run(plan: plans.Plan) -> plans.Outcome:
    """Run it, and tell how it went.

    Args:
        plan: What is done.
    """
    Visitor.everyone = Everyone(plan)
    environment = Environment(user_classes=[Visitor], host=plan.url)
    runner = environment.create_local_runner()
    started = time.monotonic()
    runner.start(plan.users, spawn_rate=plan.a_second)
    gevent.spawn_later(plan.seconds, runner.quit)
    runner.greenlet.join()
    stats, everyone = environment.stats, Visitor.everyone
    return plans.Outcome(
        rows=sorted((_row(each) for each in stats.entries.values()), key=lambda row: row.name),
        total=_row(stats.total),
        seconds=time.monotonic() - started,
        bookings=sum(each.bookings for each in everyone.stories),
        completed=sum(each.completed for each in everyone.stories),
        limited=everyone.limited,
        errors={f"{each.name}: {each.error}": each.occurrences for each in stats.errors.values()},
    )


def _row(entry: StatsEntry) -> plans.Row:
    return plans.Row(
        name=entry.name,
        requests=entry.num_requests,
        failures=entry.num_failures,
        median=entry.median_response_time or 0,
        p95=entry.get_response_time_percentile(0.95) or 0,
    )


if __name__ == "__main__":
    run(plans.read(Path(sys.argv[1]))).write(Path(sys.argv[2]))
